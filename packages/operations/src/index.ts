// Reading: what tools that show a log have in common
export type { AnyProjector } from "./reading/any-projector.ts";
export { visibleJson, visibleLines, visibleText } from "./reading/visible-text.ts";
