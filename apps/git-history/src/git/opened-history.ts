import type { Repository } from "./repository.ts";

/** A repository to read, which may be there for this run only. */
export interface OpenedHistory {
  readonly repository: Repository;
  /** Why it is another one than was to be expected. */
  readonly note?: string | undefined;
  /** Removes it, if it was made for this run. */
  readonly dispose: () => Promise<void>;
}

/** A repository that stays where it is. */
export function historyOf(repository: Repository): OpenedHistory {
  return { repository, dispose: async () => undefined };
}
