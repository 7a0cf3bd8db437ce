export { checkQueryFunction, type QueryFunctionCheckOptions } from "./check-query-function.ts";
