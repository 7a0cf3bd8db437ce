import type { SeenPartition } from "../storage/partition.ts";
import type { ProcessingSession } from "../storage/session.ts";
import { shareOf } from "./shares.ts";

/** After how many beats at which a partition was seen free whoever sees it claims it. */
const FREE_FOR_TOO_LONG = 3;

/** One subscription, as a beat saw it. */
export interface SubscriptionView {
  readonly subscription: number;
  /** The session that looks. */
  readonly session: string;
  /** All that are living. */
  readonly sessions: readonly ProcessingSession[];
  /** Those of the subscription. */
  readonly partitions: readonly SeenPartition[];
  /** Those that the session leaves to others. */
  readonly offered: ReadonlySet<number>;
  /** Those that the session is giving back already. */
  readonly leaving: ReadonlySet<number>;
  /** At how many beats in a row each partition was seen free, this one included. */
  readonly freeBeats: ReadonlyMap<number, number>;
  /** Where a repartition is under way: the number up to which every partition works. */
  readonly fence: number | undefined;
}

/** What a session should do for its share to be fair. */
export interface Balance {
  readonly claim: readonly SeenPartition[];
  readonly release: readonly number[];
}

/** Whether a partition has no owner, or one that is not living. */
export function isFree({ owner }: SeenPartition, sessions: readonly ProcessingSession[]): boolean {
  return owner === undefined || !sessions.some(({ id }) => id === owner);
}

/** Whether a partition has worked up to a fence, and nothing more is asked of it. */
export function hasArrived({ sequenceNumber, requests }: SeenPartition, fence: number | undefined): boolean {
  return fence !== undefined && sequenceNumber >= fence && requests.length === 0;
}

/**
 * Works out what to claim and what to give back. A session claims what is free up to its share, and more of what nobody claims;
 * it gives back what is above its share only while another is below.
 */
export function balanceOf(view: SubscriptionView): Balance {
  const { session, sessions, partitions, leaving, offered, fence } = view;
  const members = membersOf(view);
  const shares = members.map((_, member) => shareAt(view, members, member));
  const held = members.map((id) => partitions.filter(({ owner }) => owner === id).length);
  const self = members.indexOf(session);
  if (self < 0) return { claim: [], release: [] };
  const free = partitions.filter((seen) => isFree(seen, sessions) && !hasArrived(seen, fence));
  const own = partitions.filter(({ owner, partition }) => owner === session && !leaving.has(partition));
  const surplus = own.length - (shares[self] ?? 0);
  const wanted = shares.map((share, member) => Math.max(0, share - (held[member] ?? 0)));
  const wantedByOthers = sumOf(wanted) - (wanted[self] ?? 0);
  const stillToCome = leaving.size + free.length;
  const toRelease = Math.max(0, Math.min(surplus, wantedByOthers - stillToCome));
  return {
    claim: claimable(
      view,
      free.filter(({ partition }) => !offered.has(partition)),
      { first: sumOf(wanted.slice(0, self)), missing: Math.max(0, -surplus) },
    ),
    release: toRelease === 0 ? [] : own.slice(-toRelease).map(({ partition }) => partition),
  };
}

/** The sessions that have a handler for the subscription, in the order of their names, which is the same to all. */
function membersOf({ sessions, subscription }: SubscriptionView): readonly string[] {
  return sessions
    .filter(({ subscriptions }) => subscriptions.includes(subscription))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ id }) => id);
}

function shareAt({ subscription, partitions }: SubscriptionView, members: readonly string[], member: number): number {
  return shareOf({ partitions: partitions.length, members: members.length, member, subscription });
}

/** What members claim at the same time are different ones: each leaves those to the members before it that they want. */
function claimable(
  { freeBeats }: SubscriptionView,
  free: readonly SeenPartition[],
  { first, missing }: { readonly first: number; readonly missing: number },
): SeenPartition[] {
  const forTooLong = ({ partition }: SeenPartition) => (freeBeats.get(partition) ?? 0) > FREE_FOR_TOO_LONG;
  const start = first >= free.length ? 0 : first;
  const inTurn = [...free.slice(start), ...free.slice(0, start)];
  return inTurn.filter((seen, index) => index < missing || forTooLong(seen));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
