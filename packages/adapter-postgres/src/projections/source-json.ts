import type { SourceIdentifier } from "@eventfold/types";

/** A source as it is stored: its kind and its names, and nothing else that the object may have. */
export function sourceJson(source: SourceIdentifier): string {
  switch (source.kind) {
    case "log":
      return JSON.stringify({ kind: "log" });
    case "category":
      return JSON.stringify({ kind: "category", category: source.category });
    case "stream":
      return JSON.stringify({ kind: "stream", category: source.category, stream: source.stream });
  }
}
