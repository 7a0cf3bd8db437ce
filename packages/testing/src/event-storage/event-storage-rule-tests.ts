import { inlineHooks } from "./rules/inline-hooks.ts";
import { publishingToOneStream } from "./rules/rule-1-one-stream.ts";
import { publishingToSeveralStreams } from "./rules/rule-2-several-streams.ts";
import { writeConditions } from "./rules/rule-3-conditions.ts";
import { predicates } from "./rules/rule-3-predicates.ts";
import { rivals } from "./rules/rule-3-rivals.ts";
import { waitingForTurn } from "./rules/rule-5-waiting.ts";
import { duplicates } from "./rules/rule-6-duplicates.ts";
import { repeats } from "./rules/rule-6-repeats.ts";
import { ordering } from "./rules/rule-7-ordering.ts";
import { names } from "./rules/rule-8-names.ts";
import { ownCategories } from "./rules/rule-8-own-categories.ts";
import { payloadsKept } from "./rules/rule-9-kept.ts";
import { payloadsRefused } from "./rules/rule-9-refused.ts";
import { times } from "./rules/rule-10-times.ts";
import { scanning } from "./rules/rule-11-scanning.ts";
import { constraints } from "./rules/rule-12-constraints.ts";
import { scanningWhileWriting } from "./rules/rule-13-scanning-while-writing.ts";
import { endingScans } from "./rules/rule-14-ending-scans.ts";
import { latestAndAbsent } from "./rules/rule-15-latest.ts";
import { listings } from "./rules/rule-17-listings.ts";
import { following } from "./rules/rule-18-following.ts";
import { manyFollowers } from "./rules/rule-18-many-followers.ts";
import { news } from "./rules/rule-18-news.ts";
import { wakeUps } from "./rules/rule-18-wake-ups.ts";
import { lifeCycle } from "./rules/rule-19-life-cycle.ts";
import { durability } from "./rules/rule-20-durability.ts";
import { lostReplies } from "./rules/rule-21-lost-replies.ts";
import { misuse } from "./rules/rule-22-misuse.ts";
import { horizons } from "./rules/rule-23-horizon.ts";
import { tags } from "./rules/rule-24-tags.ts";
import { queries } from "./rules/rule-25-queries.ts";
import { failIf } from "./rules/rule-26-fail-if.ts";
import { publicChecks } from "./rules/rule-26-public-checks.ts";
import { taggedRivals } from "./rules/rule-26-rivals.ts";
import { boundaries } from "./rules/rule-27-boundaries.ts";
import { storedTexts } from "./rules/rule-28-stored-texts.ts";
import { restoringAmongOthers } from "./rules/rule-29-among-others.ts";
import { restoring } from "./rules/rule-29-restoring.ts";
import { inspection } from "./rules/rule-30-inspection.ts";
import { transactions } from "./rules/transactions.ts";
import type { StorageRuleTest } from "./storage-rule-test.ts";

/** All tests of the event storage suite, in the order of the rules. */
export const eventStorageRuleTests: readonly StorageRuleTest[] = [
  ...publishingToOneStream,
  ...publishingToSeveralStreams,
  ...writeConditions,
  ...predicates,
  ...rivals,
  ...waitingForTurn,
  ...repeats,
  ...duplicates,
  ...ordering,
  ...names,
  ...ownCategories,
  ...payloadsKept,
  ...payloadsRefused,
  ...times,
  ...scanning,
  ...constraints,
  ...scanningWhileWriting,
  ...endingScans,
  ...latestAndAbsent,
  ...listings,
  ...following,
  ...manyFollowers,
  ...wakeUps,
  ...news,
  ...lifeCycle,
  ...durability,
  ...lostReplies,
  ...misuse,
  ...horizons,
  ...tags,
  ...queries,
  ...failIf,
  ...taggedRivals,
  ...publicChecks,
  ...boundaries,
  ...storedTexts,
  ...restoring,
  ...restoringAmongOthers,
  ...inspection,
  ...transactions,
  ...inlineHooks,
];
