/** The functions that queries are translated to: quoted, and qualified by their schema. */
export interface QueryNames {
  readonly sortKey: string;
  readonly element: string;
  readonly similarity: string;
  readonly folded: string;
}
