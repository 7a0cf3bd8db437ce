import type { EventStream, LogPublishEntry } from "@eventfold/store";
import { jsonFormOf, withMetadataDefaults } from "@eventfold/store/adapter";
import type { AnyEvents, JsonValue, NewEvent, StoredEvent, StreamIdentifier } from "@eventfold/types";
import type { AnyCommand } from "./command.ts";
import { CommandEvents } from "./command-events.ts";
import { type CommandEventIds, commandEventIds } from "./command-id.ts";
import type { UntypedDecider } from "./decider.ts";
import type { DecisionBasis } from "./decision-basis.ts";
import { InvalidDecisionError } from "./errors/invalid-decision-error.ts";
import type { Executed, ExecuteOptions } from "./execute-options.ts";

/** What is carried out. */
export interface ExecutionOptions extends Pick<ExecuteOptions, "commandId" | "metadata" | "tags"> {
  readonly decider: UntypedDecider;
  readonly command: AnyCommand;
  /** Where the decided events go. */
  readonly stream: EventStream;
  /** All streams that are published to together. */
  readonly scope: readonly StreamIdentifier[];
  /** Makes what it is decided on; it is given what finds the events of a command with an id. */
  readonly basisWith: (stored: CommandEvents | undefined) => DecisionBasis;
}

/** A command under way. */
export class Execution {
  readonly #options: ExecutionOptions;
  readonly #basis: DecisionBasis;
  /** Makes the ids of its events; `undefined` for a command without an id. */
  readonly #eventIds: CommandEventIds | undefined;
  /** Finds its events if they are stored; `undefined` for a command without an id. */
  readonly #stored: CommandEvents | undefined;
  #outcome: Executed<unknown, AnyEvents> | undefined;

  constructor(options: ExecutionOptions) {
    const { commandId, scope, stream, basisWith } = options;
    this.#options = options;
    this.#eventIds = commandId === undefined ? undefined : commandEventIds(commandId, scope, stream.identifier);
    this.#stored = this.#eventIds && new CommandEvents(this.#eventIds);
    this.#basis = basisWith(this.#stored);
  }

  /** The events of the command that are stored, as far as was read. */
  get stored(): readonly StoredEvent[] {
    return this.#stored?.found ?? [];
  }

  /** Reads what it is decided on. */
  load(): Promise<void> {
    return this.#basis.load();
  }

  /** The events that the command leads to now, as they are to be published. */
  decide(): readonly NewEvent[] {
    const { decider, command, metadata, tags } = this.#options;
    return decider.decideIn(this.#basis.state, command).map((event, index) => ({
      ...event,
      ...(this.#eventIds !== undefined && { id: this.#ownId(event, this.#eventIds(index)) }),
      ...(metadata !== undefined && { metadata: withMetadataDefaults(metadataOf(event), metadata) }),
      ...(tags !== undefined && { tags: withTags(event.tags, tags) }),
    }));
  }

  /** Publishes decided events, unless others have changed what they were decided on. */
  publish(events: readonly NewEvent[]): ReturnType<EventStream["publish"]> {
    return this.#options.stream.publish({ events, ...this.#basis.guard });
  }

  /** Decided events as an entry of a publish to several streams. Without events it checks that the stream is unchanged. */
  entry(events: readonly NewEvent[]): LogPublishEntry {
    return this.#options.stream.entry({ events, condition: this.#basis.guard.condition });
  }

  /** Ends it with the events that were published. @throws what `evolve` throws for them. */
  end(events: readonly StoredEvent[]): void {
    this.#outcome = { state: this.#basis.stateAfter(events), events, isRepeat: false };
  }

  /** Ends it with the events that the command led to when it was carried out before. */
  endAsRepeat(events: readonly StoredEvent[] = this.stored): void {
    this.#outcome = { state: this.#basis.state, events, isRepeat: true };
  }

  /** What the command has led to, once it has ended. */
  get outcome(): Executed<unknown, AnyEvents> {
    if (this.#outcome === undefined) throw new TypeError("The command has not been carried out.");
    return this.#outcome;
  }

  #ownId(event: NewEvent, id: string): string {
    if (event.id === undefined) return id;
    const { decider, command } = this.#options;
    const reason = `the event ${JSON.stringify(event.name)} has an id of its own, but the ids of its events are made from the command's`;
    throw new InvalidDecisionError({ decider: decider.name, commandType: command.type, reason });
  }
}

function metadataOf({ metadata }: NewEvent): JsonValue {
  return metadata === undefined ? null : jsonFormOf(metadata, () => ["metadata"]).value;
}

/** What are no tags is left as it is, and refused when it is published. */
function withTags(own: NewEvent["tags"], tags: readonly string[]): NewEvent["tags"] {
  if (own === undefined) return tags;
  return Array.isArray(own) ? [...own, ...tags] : own;
}
