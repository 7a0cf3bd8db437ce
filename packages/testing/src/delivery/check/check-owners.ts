import type { ClaimedLine, ParkedLine, SavedLine, UnparkedLine } from "../delivery-line.ts";
import type { DeliveryEvidence } from "./delivery-evidence.ts";
import { type DeliveryViolation, printEvent, violation } from "./delivery-violation.ts";
import { type Handling, msOf } from "./handling.ts";

/** Rules 4 and 5: a partition has one owner at a time, and late writes of an earlier owner are refused. */
export function* checkOwners(evidence: DeliveryEvidence, concurrency: number): Generator<DeliveryViolation> {
  const claims = Map.groupBy(evidence.claims, ({ partition }) => partition);
  for (const ofPartition of claims.values()) yield* checkTokens(ofPartition);
  yield* checkClaimed(evidence);
  for (const handlings of Map.groupBy(evidence.handlings, ({ partition }) => partition).values()) {
    yield* checkLateStarts(handlings, concurrency);
  }
  yield* checkStaleWrites(evidence, claims);
}

function* checkTokens(claims: readonly ClaimedLine[]): Generator<DeliveryViolation> {
  for (const [token, same] of Map.groupBy(claims, (claim) => claim.token)) {
    const sessions = new Map(same.map((claim) => [claim.session, claim]));
    if (sessions.size < 2) continue;
    const owners = [...sessions.values()].map(({ node, session, atNs }) => `${node} (${session}) at ${msOf(atNs)}`);
    const what = `partition ${same[0]?.partition} was given with the same token ${token} to ${owners.join(" and to ")}.`;
    yield violation({ kind: "two-owners", what });
  }
}

function* checkClaimed({ claims, handlings }: DeliveryEvidence): Generator<DeliveryViolation> {
  const nameOf = ({ node, partition, token }: ClaimedLine | Handling) => JSON.stringify([node, partition, token]);
  const claimedAtNs = new Map(claims.map((claim) => [nameOf(claim), claim.atNs]));
  for (const handling of handlings) {
    if ((claimedAtNs.get(nameOf(handling)) ?? Number.POSITIVE_INFINITY) <= handling.atNs) continue;
    const { node, partition, token, events } = handling;
    const what = `${events.map(printEvent).join(", ")} was handled by ${node}, which had not been given partition ${partition} with token ${token}.`;
    yield violation({ kind: "unclaimed", what, events, handlings: [handling] });
  }
}

/**
 * A process that was frozen between its look at the lease and the first line of its handler begins what it has in hand when it
 * wakes: as many calls as it makes at once. If it begins more, it has not looked at the lease again.
 */
function* checkLateStarts(handlings: readonly Handling[], concurrency: number): Generator<DeliveryViolation> {
  const byToken = [...Map.groupBy(handlings, ({ token }) => token)].toSorted(([a], [b]) => b - a);
  let later: Handling | undefined;
  for (const [token, own] of byToken) {
    const { atNs: laterAtNs } = later ?? { atNs: Number.POSITIVE_INFINITY };
    const late = own.filter(({ atNs }) => atNs > laterAtNs);
    if (later !== undefined && late.length > concurrency) {
      const owners = `${own[0]?.node} with token ${token} and ${later.node} with token ${later.token}`;
      const what = `${owners} were both at work in partition ${later.partition}: the first began ${late.length} calls after the second.`;
      yield violation({
        kind: "two-owners",
        what,
        events: late.flatMap(({ events }) => events),
        handlings: [later, ...late.slice(0, 3)],
      });
    }
    if (own[0] !== undefined && own[0].atNs < laterAtNs) later = own[0];
  }
}

function* checkStaleWrites(
  { saves, parks, unparks }: DeliveryEvidence,
  claims: ReadonlyMap<number, readonly ClaimedLine[]>,
): Generator<DeliveryViolation> {
  for (const write of [...saves, ...parks, ...unparks]) {
    const { node, partition, token, sentAtNs } = write;
    const later = claims.get(partition)?.find((claim) => claim.token > token && claim.atNs < sentAtNs);
    if (later === undefined) continue;
    const events = write.kind === "parked" ? [{ id: write.eventId }] : [];
    const what = `${node} stored ${printWrite(write)} in partition ${partition} with token ${token} at ${msOf(sentAtNs)}, after ${later.node} had been given it with token ${later.token} at ${msOf(later.atNs)}.`;
    yield violation({ kind: "stale-write", what, events });
  }
}

function printWrite(write: SavedLine | ParkedLine | UnparkedLine): string {
  switch (write.kind) {
    case "saved":
      return `the checkpoint ${write.checkpoint}`;
    case "parked":
      return `the parked event ${write.eventId}`;
    case "unparked":
      return `that ${write.sequenceNumbers.join(", ")} are no longer parked`;
  }
}
