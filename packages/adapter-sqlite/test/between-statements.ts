import type BetterSqlite3 from "better-sqlite3";
import { expect, vi } from "vitest";

/** A statement as the driver makes it: all of them share one prototype. */
type Statement = BetterSqlite3.Statement<unknown[], unknown>;

/** What another connection commits, and how that is undone. */
export interface RivalCommit {
  readonly act: () => void;
  readonly undo: () => void;
}

/**
 * Expects that a read answers from one moment, before whichever of its statements another connection commits: as it answers when nothing
 * of that is there, or all of it.
 *
 * @param client what is read with.
 */
export async function expectOneMoment(
  client: BetterSqlite3.Database,
  read: () => Promise<unknown>,
  { act, undo }: RivalCommit,
): Promise<void> {
  const before = await read();
  act();
  const after = await read();
  undo();
  expect(after).not.toEqual(before);
  let wasReached = true;
  for (let number = 0; wasReached; number++) {
    let answer: unknown;
    const work = async () => {
      answer = await read();
    };
    wasReached = await beforeStatement(client, number, { act, work });
    expect([before, after]).toContainEqual(answer);
    if (wasReached) undo();
    else expect(number).toBeGreaterThan(0);
  }
}

/**
 * Does something before the statement of that number, counted from 0, that a connection reads with while work is done.
 *
 * @returns whether the work read with so many statements.
 */
async function beforeStatement(
  client: BetterSqlite3.Database,
  number: number,
  { act, work }: { readonly act: () => void; readonly work: () => Promise<unknown> },
): Promise<boolean> {
  const statements = Object.getPrototypeOf(client.prepare("SELECT 1")) as Statement;
  const { all, get } = statements;
  let next = 0;
  const count = ({ database, reader }: Statement): void => {
    if (database === client && reader && next++ === number) act();
  };
  const spies = [
    vi.spyOn(statements, "all").mockImplementation(function (this: Statement, ...values) {
      count(this);
      return all.apply(this, values);
    }),
    vi.spyOn(statements, "get").mockImplementation(function (this: Statement, ...values) {
      count(this);
      return get.apply(this, values);
    }),
  ];
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return next > number;
}
