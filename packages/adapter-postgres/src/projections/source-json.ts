import { canonicalJson } from "@eventfold/query";
import type { SourceIdentifier } from "@eventfold/types";

/** A source as it is stored: its kind and its names, and nothing else that the object may have. */
export function sourceJson(source: SourceIdentifier): string {
  switch (source.kind) {
    case "log":
      return canonicalJson({ kind: "log" });
    case "category":
      return canonicalJson({ kind: "category", category: source.category });
    case "stream":
      return canonicalJson({ kind: "stream", category: source.category, stream: source.stream });
  }
}
