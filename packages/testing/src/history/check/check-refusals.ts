import type { RecordedOutcome, RecordedUnmet } from "../history-line.ts";
import { printCondition } from "../recorded-condition.ts";
import { surelyHolds } from "./check-conditions.ts";
import { type Evidence, idsOf, type Publish } from "./evidence.ts";
import { type HistoryViolation, violation } from "./history-violation.ts";
import { positionsIn, printWindow, windowOf } from "./stream-window.ts";

type Refusal = Extract<RecordedOutcome, { readonly kind: "unmet" | "duplicate" | "matched" }>;

/** Checks that every refusal had a reason. */
export function* checkRefusals(evidence: Evidence): Generator<HistoryViolation> {
  for (const publish of evidence.publishes) {
    const { outcome } = publish;
    if (outcome?.kind !== "unmet" && outcome?.kind !== "duplicate" && outcome?.kind !== "matched") continue;
    yield* checkNoRepeat(evidence, publish, outcome);
    if (outcome.kind === "duplicate") yield* checkDuplicates(evidence, publish, outcome.ids);
    if (outcome.kind === "unmet")
      for (const unmet of outcome.unmet) yield* checkUnmet(evidence, { publish, outcome, unmet });
  }
}

/** A publish that is a repeat is never refused, whatever its conditions say. */
function* checkNoRepeat({ log, known }: Evidence, publish: Publish, { kind }: Refusal): Generator<HistoryViolation> {
  const ids = idsOf(publish);
  const isRepeat = publish.call.entries.every(({ category, stream, eventIds }) => {
    let last = -1;
    return eventIds.every((id) => {
      const event = log.byId(id);
      if (event?.category !== category || event.stream !== stream || event.position <= last) return false;
      last = event.position;
      return known.wasSeen(id, publish.invokedAtNs);
    });
  });
  if (!isRepeat || ids.length === 0 || new Set(ids).size < ids.length) return;
  const what = `a publish whose events were all stored before was refused as ${kind}; it is a repeat.`;
  yield violation({ rule: 6, kind: "false-refusal", what, operations: [publish], events: ids.map((id) => ({ id })) });
}

function* checkDuplicates(
  { log, proposersOf, idsFromBefore }: Evidence,
  publish: Publish,
  ids: readonly string[],
): Generator<HistoryViolation> {
  const own = idsOf(publish);
  for (const id of ids) {
    const isTwice = own.indexOf(id) !== own.lastIndexOf(id);
    const others = proposersOf(id).filter((other) => other !== publish && other.invokedAtNs < publish.endedAtNs);
    if (isTwice || (log.byId(id) !== undefined && (others.length > 0 || idsFromBefore.has(id)))) continue;
    const what = `a publish was refused because ${id} is taken, but it is not.`;
    yield violation({ rule: 6, kind: "false-refusal", what, operations: [publish], events: [{ id }] });
  }
}

interface UnmetCheck {
  readonly publish: Publish;
  readonly outcome: Extract<RecordedOutcome, { readonly kind: "unmet" }>;
  readonly unmet: RecordedUnmet;
}

function* checkUnmet(evidence: Evidence, { publish, outcome, unmet }: UnmetCheck): Generator<HistoryViolation> {
  const { category, stream, latestPosition = -1 } = unmet;
  const entry = publish.call.entries.find((each) => each.category === category && each.stream === stream);
  const span = { fromNs: publish.invokedAtNs, toNs: publish.endedAtNs };
  const window = windowOf(evidence, unmet, span);
  const found = latestPosition === -1 ? "empty" : `at position ${latestPosition}`;
  const about = { rule: 4, kind: "false-refusal", operations: [publish] } as const;
  if (entry?.condition === undefined) {
    const what = `a publish was refused for a condition of ${category}/${stream}, but has none.`;
    yield violation({ ...about, what });
  } else if (surelyHolds(entry, latestPosition, outcome.answers)) {
    const what = `a publish was refused because ${category}/${stream} was ${found}, where ${printCondition(entry.condition)} holds.`;
    yield violation({ ...about, what });
  } else if (!positionsIn(window).includes(latestPosition)) {
    const what = `a publish was refused because ${category}/${stream} was ${found}, but it was ${printWindow(window)}.`;
    yield violation({ ...about, what });
  }
}
