import { EventfoldError, type Logger } from "@eventfold/types";

/** Why a request is refused, as `application/problem+json` (RFC 9457) with a stable `code` says it. */
export interface Problem {
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

/** Ends a request with a problem. It never leaves the package. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.detail);
    this.problem = problem;
    this.headers = headers;
  }
}

/** The request is not what it should be. */
export function badRequest(detail: string): ProblemError {
  return new ProblemError({ status: 400, code: "BAD_REQUEST", title: "The request makes no sense", detail });
}

/** There is nothing of that name. */
export function notFound(detail: string): ProblemError {
  return new ProblemError({ status: 404, code: "NOT_FOUND", title: "There is no such thing", detail });
}

/** Nobody is shown this. */
export function forbidden(code: string, detail: string): ProblemError {
  return new ProblemError({ status: 403, code, title: "This is refused", detail });
}

const BAD_INPUT = new Set(["INVALID_NAME", "INVALID_QUERY", "INVALID_CURSOR", "UNSUPPORTED_REGEX"]);

/** What became of a request that failed. Storage that may be back soon is a 503; what is a fault of the request is a 400. */
export function problemOf(error: unknown, logger: Logger): Problem {
  if (error instanceof ProblemError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof EventfoldError && BAD_INPUT.has(error.code))
    return { status: 400, code: error.code, title: "The request makes no sense", detail };
  if (error instanceof EventfoldError && (error.isRetryable || error.code === "ADAPTER_CLOSED")) {
    logger.warn({ error }, "the explorer could not read the storage");
    return { status: 503, code: error.code, title: "The storage cannot be read at present", detail };
  }
  logger.error({ error }, "a request to the explorer failed");
  const code = error instanceof EventfoldError ? error.code : "FAILED";
  return { status: 500, code, title: "This could not be done", detail };
}

/** A problem as a response. */
export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  const retryAfter = problem.status === 503 ? { "retry-after": "1" } : {};
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", ...retryAfter, ...headers },
  });
}
