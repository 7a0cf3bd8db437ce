// What the examples of projections take for granted: bank accounts, with their events, projector and stores.
import type { EventDefinitions } from "@eventfold/events";
import type {
  KeyedProjector,
  PreparedProjection,
  Projection,
  ProjectionStore,
  Projector,
} from "@eventfold/projections";
import type { EventStorageAdapter, EventStore, EventStream, NewEvent } from "@eventfold/store";

interface Account {
  readonly owner: string;
  readonly balance: number;
}

interface SampleEvents {
  readonly "account-opened": { readonly owner: string };
  readonly "money-deposited": { readonly amount: number };
}

type SampleAdapter = EventStorageAdapter & Required<Pick<EventStorageAdapter, "transaction">>;

declare global {
  type AccountEvents = SampleEvents;
  const accountEvents: EventDefinitions<SampleEvents>;

  const adapter: SampleAdapter;
  const projectionAdapter: import("@eventfold/projections").ProjectionStorageAdapter;
  const store: EventStore;
  const stream: EventStream<SampleEvents>;
  const events: readonly NewEvent[];
  const lastNight: Date;

  const projectionStore: ProjectionStore;
  const accountProjector: Projector<Account, SampleEvents>;
  const ownerProjector: KeyedProjector<Account, SampleEvents>;
  const accounts: ReturnType<typeof projectionStore.of<Account, null>>;
  const projection: Projection<Account, null>;
  const prepared: PreparedProjection;
  const projections: readonly Projection<Account, null>[];
  const signal: AbortSignal;
  const error: unknown;
}
