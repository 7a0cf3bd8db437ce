import type { EventStorageAdapter } from "@eventfold/store";
import type { StorageInspection, StructureStep } from "@eventfold/store/adapter";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";
import { until } from "../until.ts";
import { knowingTransactions } from "./horizons.ts";

function inspectionOf({ inspection }: EventStorageAdapter): StorageInspection {
  if (inspection === undefined) throw new Error("The adapter beneath has an inspection.");
  return inspection;
}

/** An adapter that does as the one beneath, but for the calls of its inspection that are changed. */
function inspecting(change: (beneath: StorageInspection) => Partial<StorageInspection>): BrokenAdapter["wrap"] {
  return (beneath) => {
    const inspection = inspectionOf(beneath);
    return changedAdapter(beneath, {
      inspection: {
        structure: (options) => inspection.structure(options),
        status: () => inspection.status(),
        diagnose: () => inspection.diagnose(),
        ...change(inspection),
      },
    });
  };
}

/** An adapter that changes the steps of a check; `undefined` leaves one out. */
function stepping(change: (step: StructureStep) => StructureStep | undefined): BrokenAdapter["wrap"] {
  return inspecting((beneath) => ({
    structure: async function* (options) {
      for await (const step of beneath.structure(options)) {
        const changed = change(step);
        if (changed !== undefined) yield changed;
      }
    },
  }));
}

/** What is wrong with how people look at these: rule 30. */
export const brokenInspections: readonly BrokenAdapter[] = [
  {
    rule: 30,
    fault: "finds a fault in every log",
    wrap: inspecting((beneath) => ({
      structure: async function* (options) {
        yield { kind: "fault", fault: "index", event: undefined, message: "It looks odd." };
        yield* beneath.structure(options);
      },
    })),
  },
  {
    rule: 30,
    fault: "does not say that a check has come to its end",
    wrap: stepping((step) => (step.kind === "progress" && step.checkedUpTo === step.upTo ? undefined : step)),
  },
  {
    rule: 30,
    fault: "ends a check before the newest event",
    wrap: stepping((step) =>
      step.kind === "progress" ? { ...step, checkedUpTo: step.checkedUpTo - 1, upTo: step.upTo - 1 } : step,
    ),
  },
  {
    rule: 30,
    fault: "leaves the library's own categories out of the newest number",
    wrap: (beneath) =>
      inspecting((inspection) => ({
        status: async () => {
          const newest = await beneath.storage.latest({ kind: "log" });
          return { ...(await inspection.status()), newestNumber: newest?.sequenceNumber ?? 0 };
        },
      }))(beneath),
  },
  {
    rule: 30,
    fault: "takes what a transaction has not committed for stored",
    wrap: (beneath) =>
      knowingTransactions(beneath, (known) => ({
        inspection: {
          ...inspectionMembers(inspectionOf(beneath)),
          status: async () => {
            const status = await inspectionOf(beneath).status();
            return { ...status, newestNumber: known.open > 0 ? known.newest : status.newestNumber };
          },
        },
      })),
  },
  {
    rule: 30,
    fault: "waits for a transaction before it checks anything",
    isWaitedFor: true,
    wrap: (beneath) =>
      knowingTransactions(beneath, (known) => ({
        inspection: {
          ...inspectionMembers(inspectionOf(beneath)),
          structure: async function* (options) {
            await until(() => known.open === 0);
            yield* inspectionOf(beneath).structure(options);
          },
        },
      })),
  },
  {
    rule: 30,
    fault: "says that fewer numbers were given than there are events",
    wrap: inspecting((beneath) => ({ status: async () => ({ ...(await beneath.status()), lastNumber: 0 }) })),
  },
  {
    rule: 30,
    fault: "does not say why a finding matters",
    wrap: inspecting((beneath) => ({
      diagnose: async () => (await beneath.diagnose()).map((finding) => ({ ...finding, why: "" })),
    })),
  },
  {
    rule: 30,
    fault: "tells of what is sound before what is not",
    wrap: inspecting((beneath) => ({
      diagnose: async () => [{ severity: "sound", subject: "weather", seen: "fair" }, ...(await beneath.diagnose())],
    })),
  },
  {
    rule: 30,
    fault: "does not mind that a check is aborted",
    wrap: inspecting((beneath) => ({ structure: () => beneath.structure() })),
  },
  {
    rule: 30,
    fault: "goes on with a check after the close",
    wrap: inspecting((beneath) => ({
      structure: async function* (options) {
        const steps: StructureStep[] = [];
        for await (const step of beneath.structure(options)) steps.push(step);
        yield* steps;
      },
    })),
  },
  {
    rule: 30,
    fault: "tells its status after the close",
    wrap: inspecting((beneath) => {
      let last: ReturnType<StorageInspection["status"]> | undefined;
      return {
        structure: (options) => {
          last ??= beneath.status();
          return beneath.structure(options);
        },
        status: () => beneath.status().catch((error: unknown) => last ?? Promise.reject(error)),
      };
    }),
  },
];

function inspectionMembers(inspection: StorageInspection): StorageInspection {
  return {
    structure: (options) => inspection.structure(options),
    status: () => inspection.status(),
    diagnose: () => inspection.diagnose(),
  };
}
