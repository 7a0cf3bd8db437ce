import type { RegexNode } from "./regex-tree.ts";

/** How many nodes a tree has once its counted repetitions are written out: what matching one character may cost. */
export function sizeOf(node: RegexNode): number {
  switch (node.kind) {
    case "sequence":
    case "choice":
      return node.nodes.reduce((sum, inner) => sum + sizeOf(inner), 0);
    case "repeat":
      return sizeOf(node.node) * Math.max(1, node.min, node.max ?? 0);
    default:
      return 1;
  }
}
