import type { Projection, SnapshotOptions } from "@eventfold/projections";
import { type EventStream, positionIs, type ScanOptions, streamIsEmpty, type WriteCondition } from "@eventfold/store";
import { jsonFormOf } from "@eventfold/store/adapter";
import type {
  AnyEvents,
  JsonObject,
  JsonValue,
  NewEvent,
  StoredEvent,
  StreamIdentifier,
  UnmetWriteConditionError,
} from "@eventfold/types";
import { type AnyCommand, checkCommand } from "./command.ts";
import { CommandEvents } from "./command-events.ts";
import { type CommandEventIds, commandEventIds } from "./command-id.ts";
import type { UntypedDecider } from "./decider.ts";
import { InvalidDecisionError } from "./errors/invalid-decision-error.ts";
import type { Executed, ExecuteOptions } from "./execute-options.ts";

/** What is carried out on a stream. */
export interface StreamCommand {
  readonly decider: UntypedDecider;
  readonly stream: EventStream;
  readonly command: AnyCommand;
}

/** A command under way on one stream. From try to try it goes on from the state that it has: only what is new is read. */
export class StreamExecution {
  readonly #decider: UntypedDecider;
  readonly #stream: EventStream;
  readonly #command: AnyCommand;
  readonly #options: ExecuteOptions<SnapshotOptions>;
  /** Makes the ids of its events; `undefined` for a command without an id. */
  readonly #eventIds: CommandEventIds | undefined;
  /** The events of the command that are stored; `undefined` for a command without an id. */
  readonly #stored: CommandEvents | undefined;
  #projection: Projection<unknown, null> | undefined;
  #outcome: Executed<unknown, AnyEvents> | undefined;
  /** The latest position that a refused publish has told of; -1 for none. */
  #positionTold = -1;

  /**
   * @param scope the identifiers of all streams that are published to together.
   * @throws `TypeError` when snapshots are asked for, and the decider has no name.
   */
  constructor(
    { decider, stream, command }: StreamCommand,
    options: ExecuteOptions<SnapshotOptions>,
    scope: readonly StreamIdentifier[],
  ) {
    if (options.snapshots !== undefined && decider.name === undefined)
      throw new TypeError("Snapshots are kept under the name of the decider, but it has none: define it with a name.");
    this.#decider = decider;
    this.#stream = stream;
    this.#command = command;
    this.#options = options;
    const { commandId } = options;
    this.#eventIds = commandId === undefined ? undefined : commandEventIds(commandId, scope, stream.identifier);
    this.#stored = this.#eventIds && new CommandEvents(this.#eventIds);
  }

  /** The events of the command that are stored already, as far as was read. */
  get stored(): readonly StoredEvent[] {
    return this.#stored?.found ?? [];
  }

  /** Reads what was not read yet, and looks for events of the command among all that was read. */
  async load(): Promise<void> {
    const { snapshots, signal } = this.#options;
    const before = this.#projection;
    const source =
      this.#stored === undefined ? this.#stream : this.#watched(this.#stored, before?.lastSequenceNumber ?? 0);
    this.#projection = await this.#decider.projector.project(
      source,
      before === undefined ? { snapshots, signal } : { from: before, signal },
    );
    const mayBeInSnapshot = before === undefined && snapshots !== undefined && this.#projection.lastSequenceNumber > 0;
    if (mayBeInSnapshot && this.stored.length === 0) await this.#stored?.lookUp(this.#stream, signal);
  }
  /** The events that the command leads to now, as they are to be published. */
  decide(): readonly NewEvent[] {
    const { metadata } = this.#options;
    const eventIds = this.#eventIds;
    return this.#decider.decide(this.#command, this.#loaded.state).map((event, index) => ({
      ...event,
      ...(eventIds !== undefined && { id: this.#ownId(event, eventIds(index)) }),
      ...(metadata !== undefined && { metadata: withDefaults(event.metadata, metadata) }),
    }));
  }

  /** What holds as long as nobody has published to the stream since it was read. */
  get condition(): WriteCondition {
    const last = Math.max(this.#loaded.lastPosition ?? -1, this.#positionTold);
    return last < 0 ? streamIsEmpty() : positionIs(last);
  }

  /**
   * Takes note of a refused publish. Whatever is read from now on includes the position that it tells of, so a decision on it
   * may be published after that position, even if its event is one that readers are not shown.
   */
  noteRefusal({ unmet }: UnmetWriteConditionError): void {
    const { category, stream } = this.#stream.identifier;
    for (const each of unmet) {
      if (each.category !== category || each.stream !== stream) continue;
      this.#positionTold = Math.max(this.#positionTold, each.latestPosition ?? -1);
    }
  }

  /** Ends it with the events that were published. @throws what `evolve` throws for them. */
  end(events: readonly StoredEvent[]): void {
    const { state } = this.#decider.projector.apply(this.#loaded, events);
    this.#outcome = { state, events, isRepeat: false };
  }

  /** Ends it with the events that the command led to when it was carried out before. */
  endAsRepeat(events: readonly StoredEvent[] = this.stored): void {
    this.#outcome = { state: this.#loaded.state, events, isRepeat: true };
  }

  /** What the command has led to, once it has ended. */
  get outcome(): Executed<unknown, AnyEvents> {
    if (this.#outcome === undefined) throw new TypeError("The command has not been carried out.");
    return this.#outcome;
  }

  get #loaded(): Projection<unknown, null> {
    if (this.#projection === undefined) throw new TypeError("The stream must be loaded first.");
    return this.#projection;
  }

  #ownId(event: NewEvent, id: string): string {
    if (event.id === undefined) return id;
    const reason = `the event ${JSON.stringify(event.name)} has an id of its own, but the ids of its events are made from the command's`;
    throw new InvalidDecisionError({ decider: this.#decider.name, commandType: this.#command.type, reason });
  }

  /** The stream, whose events are looked at when they are read; that which was read last is read again, but looked at once. */
  #watched(
    stored: CommandEvents,
    after: number,
  ): Pick<EventStream, "identifier"> & { scan(options?: ScanOptions<AnyEvents>): AsyncIterable<StoredEvent> } {
    const stream = this.#stream;
    return {
      identifier: stream.identifier,
      async *scan(options) {
        for await (const event of stream.scan(options)) {
          if (event.sequenceNumber > after) stored.see(event);
          yield event;
        }
      },
    };
  }
}

/** As a store merges its own metadata: an event's own members win, and metadata that is no object is kept alone. */
function withDefaults(own: unknown, defaults: JsonObject): JsonValue {
  if (own === undefined || own === null) return defaults;
  const { value } = jsonFormOf(own, () => ["metadata"]);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? { ...defaults, ...value } : value;
}

/** @throws `TypeError` for what is no stream, `InvalidCommandError` for what is no command. */
export function checkStreamCommand({ decider, stream, command }: StreamCommand): void {
  if (stream?.identifier?.kind !== "stream" || typeof stream.publish !== "function")
    throw new TypeError("A command is carried out on a stream: store.stream({ category, stream }).");
  checkCommand(decider, command);
}
