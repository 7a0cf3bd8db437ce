import { brokenBoundaries } from "./broken/boundaries.ts";
import { brokenConditions } from "./broken/conditions.ts";
import { brokenStorages } from "./broken/durability.ts";
import { brokenEndings } from "./broken/ending.ts";
import { brokenHorizons } from "./broken/horizons.ts";
import { brokenIdentity } from "./broken/identity.ts";
import { brokenInspections } from "./broken/inspecting.ts";
import { brokenLookUps } from "./broken/looking-up.ts";
import { brokenMoving } from "./broken/moving.ts";
import { neverEnding } from "./broken/never-ending.ts";
import { brokenOrdering } from "./broken/ordering.ts";
import { brokenPublishing } from "./broken/publishing.ts";
import { brokenScans } from "./broken/reading.ts";
import { brokenTags } from "./broken/tags.ts";
import { brokenTransactions } from "./broken/transactions.ts";
import { brokenValues } from "./broken/values.ts";
import type { BrokenAdapter, BrokenStorage } from "./broken-adapter.ts";

/** All adapters and storages that are broken on purpose. */
export const brokenAdapters: readonly (BrokenAdapter | BrokenStorage)[] = [
  ...brokenPublishing,
  ...brokenConditions,
  ...brokenIdentity,
  ...brokenOrdering,
  ...brokenValues,
  ...brokenScans,
  ...brokenLookUps,
  ...brokenEndings,
  ...brokenHorizons,
  ...brokenTags,
  ...brokenBoundaries,
  ...brokenMoving,
  ...neverEnding,
  ...brokenInspections,
  ...brokenTransactions,
  ...brokenStorages,
];
