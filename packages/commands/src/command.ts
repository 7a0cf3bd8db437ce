import { InvalidCommandError } from "./errors/invalid-command-error.ts";

/** Any command: it says by `type` what is to be done. Its other members are what that needs. */
export interface AnyCommand {
  readonly type: string;
}

/** A function that decides a command, whatever its types are. */
export type AnyDecide = (command: never, state: never) => unknown;

/** What a function that decides a command asks of it; nothing where it has no such parameter, or one without a type. */
type MembersAskedBy<TDecide extends AnyDecide> =
  Parameters<TDecide> extends readonly [infer TCommand, ...unknown[]]
    ? 0 extends 1 & TCommand
      ? { readonly [member: string]: unknown }
      : [TCommand] extends [never]
        ? unknown
        : TCommand
    : unknown;

/**
 * The commands that a table of functions decides: for each type what its function asks for, and the `type`.
 *
 * @example
 * ```ts
 * type Decisions = { deposit: (command: { amount: number }) => []; close: () => [] };
 * const commands: CommandOf<Decisions>[] = [{ type: "deposit", amount: 5 }, { type: "close" }];
 * ```
 */
export type CommandOf<TDecisions extends { readonly [type: string]: AnyDecide }> = {
  [TType in keyof TDecisions & string]: Flat<{ readonly type: TType } & MembersAskedBy<TDecisions[TType]>>;
}[keyof TDecisions & string];

/** The same members in one object type, of each member of a union: so the compiler refuses members that are too many. */
type Flat<T> = T extends unknown ? { [TMember in keyof T]: T[TMember] } : never;

/** @throws `InvalidCommandError` (`INVALID_COMMAND`) for what is not a command of the decider. */
export function checkCommand({ name: decider, commandTypes }: CommandTypes, command: unknown): void {
  if (typeof command !== "object" || command === null) {
    const reason = `it must be an object, got ${command === null ? "null" : typeof command}`;
    throw new InvalidCommandError({ decider, commandType: undefined, reason });
  }
  const commandType: unknown = Reflect.get(command, "type");
  if (typeof commandType === "string" && commandTypes.includes(commandType)) return;
  const known = commandTypes.map((type) => JSON.stringify(type)).join(", ");
  const came = typeof commandType === "string" ? JSON.stringify(commandType.slice(0, 100)) : typeof commandType;
  throw new InvalidCommandError({ decider, commandType, reason: `its type must be one of ${known}, got ${came}` });
}

/** What a decider says about its commands. */
interface CommandTypes {
  readonly name: string | undefined;
  readonly commandTypes: readonly string[];
}
