// All kinds, one line each.
import type { AnyKind } from '../kit/index.ts';
import { dbConnections } from './db-connections/index.ts';

export const kinds: readonly AnyKind[] = [dbConnections];
