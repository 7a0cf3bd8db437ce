import type { SourceIdentifier } from "@eventfold/types";
import type { Projection } from "../projection.ts";
import { type ProjectMessage, traceProject } from "../tracing/project-channel.ts";
import type { CheckedDefinition } from "./checked-definition.ts";
import { foldedOf } from "./continuation.ts";
import { pagesAfter } from "./continued-scan.ts";
import { type Folded, foldedWith, nothingFolded, projectionOf } from "./fold.ts";
import { KeyedFold } from "./keyed-fold.ts";
import { isOccurred, orderFault, projectOccurred } from "./project-occurred.ts";
import { checkedSnapshots, saveSnapshot, usableSnapshot } from "./snapshots.ts";
import type { UntypedOptions } from "./untyped-options.ts";
import type { ScanRequest, UntypedSource } from "./untyped-source.ts";

/** Folds a source into one projection. */
export async function projectSource(
  definition: CheckedDefinition,
  source: UntypedSource,
  options: UntypedOptions<Projection>,
): Promise<Projection> {
  const identifier = checkedIdentifier(definition, source);
  return traceProject(
    () => describe(definition, identifier),
    () => foldSource(definition, source, options),
  );
}

async function foldSource(
  definition: CheckedDefinition,
  source: UntypedSource,
  options: UntypedOptions<Projection>,
): Promise<Projection> {
  const { identifier } = source;
  if (isOccurred(options)) return projectOccurred(definition, source, options);
  // What was left out on purpose must neither come from a snapshot nor get into one.
  const snapshots = isNarrowed(options) ? undefined : checkedSnapshots(options.snapshots);
  const snapshot = snapshots && (await usableSnapshot(snapshots, definition, identifier));
  const start = options.from ?? snapshot;
  let folded: Folded = start ? foldedOf(definition, start, identifier) : nothingFolded(definition);
  let eventsRead = 0;
  for await (const page of pagesAfter(start, source, requestOf(options))) {
    for (const event of page) folded = foldedWith(definition, folded, { event, source: identifier });
    eventsRead += page.length;
  }
  const projection = projectionOf(definition, { source: identifier }, folded);
  if (snapshots) await saveSnapshot(snapshots, projection, { unchangedSince: snapshot, eventsRead });
  return projection;
}

/** Folds a source into the projections of its keys. */
export async function projectSourceByKey(
  definition: CheckedDefinition,
  source: UntypedSource,
  options: UntypedOptions<readonly Projection[]>,
): Promise<readonly Projection[]> {
  const identifier = checkedIdentifier(definition, source);
  return traceProject(
    () => describe(definition, identifier),
    () => foldSourceByKey(definition, source, options),
  );
}

async function foldSourceByKey(
  definition: CheckedDefinition,
  source: UntypedSource,
  options: UntypedOptions<readonly Projection[]>,
): Promise<readonly Projection[]> {
  const { identifier } = source;
  if (isOccurred(options)) throw orderFault(definition, "only events of one stream are sorted by occurrence");
  const furthest = furthestOf(options.from ?? []);
  const fold = new KeyedFold(definition, {
    source: identifier,
    projections: options.from ?? [],
    after: furthest?.lastSequenceNumber,
  });
  for await (const page of pagesAfter(furthest, source, requestOf(options))) for (const event of page) fold.add(event);
  return fold.all();
}

function isNarrowed({ constraints = [] }: UntypedOptions<unknown>): boolean {
  return constraints.length > 0;
}

/** The one that has read the latest event of all. */
function furthestOf(projections: readonly Projection[]): Projection | undefined {
  return projections.reduce<Projection | undefined>(
    (furthest, each) => (each.lastSequenceNumber > (furthest?.lastSequenceNumber ?? 0) ? each : furthest),
    undefined,
  );
}

function requestOf({ constraints = [], signal }: UntypedOptions<unknown>): ScanRequest {
  return { constraints, signal };
}

function describe({ name: projector, version }: CheckedDefinition, source: SourceIdentifier): ProjectMessage {
  return { projector, version, source, isInline: false };
}

function checkedIdentifier({ name, source: kind }: CheckedDefinition, source: UntypedSource): SourceIdentifier {
  const { identifier } = source;
  if (identifier?.kind === kind) return identifier;
  throw new TypeError(`The projector ${JSON.stringify(name)} reads a ${kind}, got ${String(identifier?.kind)}.`);
}
