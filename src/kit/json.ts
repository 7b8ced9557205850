// Plain data: what may stand in a record, a journal or an event.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
