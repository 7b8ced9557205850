// What a curl line says, before it is made into a request.

/** Filled flag by flag. */
export interface Reading {
  urls: string[];
  method?: string;
  headers: [name: string, value: string][];
  /** Pieces of the body. */
  data: string[];
  isJson: boolean;
  /** `-G`: the data goes into the query. */
  inQuery: boolean;
  /** `user:password`, or a user alone. */
  user?: string;
  /** `host:port` to dial. */
  connectTo?: string;
  /** Seconds. */
  timeout?: number;
  /** What is different from the line, as sentences. */
  notes: Set<string>;
}

/** Reads a file that the line names (`-d @body.json`). */
export type ReadFile = (path: string) => Promise<string>;
