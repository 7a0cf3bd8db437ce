import { isEventfoldError, type Logger } from "@eventfold/store";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { Refusal, type RefusalCode } from "../domain/refusal.ts";

/** What went wrong with a request, as RFC 9457 has it. */
export interface Problem {
  readonly status: 400 | 404 | 409 | 412 | 413 | 415 | 422 | 500 | 503;
  /** The last part of the problem's `type`; absent where the status says it all. */
  readonly code?: string | undefined;
  readonly title: string;
  readonly detail: string;
  /** Further members of the answer. */
  readonly members?: Readonly<Record<string, unknown>> | undefined;
}

/** Thrown where a request is found to be at fault. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** A request that makes no sense, whatever the state of the bank. */
export function badRequest(detail: string, members?: Problem["members"]): ProblemError {
  return new ProblemError({ status: 400, title: "Bad request", detail, members });
}

const STATUS_OF: Readonly<Record<RefusalCode, 400 | 404 | 409 | 412 | 422>> = {
  ACCOUNT_EXISTS: 409,
  BALANCE_TOO_HIGH: 409,
  CORRECTION_CHANGES_NOTHING: 409,
  CUSTOMER_EXISTS: 409,
  CUSTOMER_FORGOTTEN: 409,
  FROM_IN_THE_PAST: 400,
  INSUFFICIENT_FUNDS: 409,
  KEY_REUSED: 422,
  NOT_DUE: 409,
  NUMBER_TAKEN: 409,
  ORDER_EXISTS: 409,
  POSITION_MOVED: 412,
  TRANSFER_TO_ITSELF: 400,
  UNKNOWN_ACCOUNT: 404,
  UNKNOWN_BOOKING: 409,
  UNKNOWN_CUSTOMER: 404,
  UNKNOWN_ORDER: 404,
  UNKNOWN_RECIPIENT: 409,
};

/** What to tell of an error. What is the bank's own fault is told to the logger only. */
export function problemOf(error: unknown, logger: Logger): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof Refusal) {
    const code = error.code.toLowerCase().replaceAll("_", "-");
    return {
      ...{ status: STATUS_OF[error.code], code, title: sentence(code), detail: error.message },
      members: error.details,
    };
  }
  if (error instanceof HTTPException && error.status === 400) return badRequest(error.message).problem;
  if (isEventfoldError(error)) {
    if (error.code === "INVALID_CURSOR") {
      return badRequest("`after` is not the `next` of a page of the same search.").problem;
    }
    if (error.code === "UNMET_WRITE_CONDITION" || error.code === "EVENTS_MATCHED") {
      const detail = "Others changed the account at the same time. Try again with the same Idempotency-Key.";
      return { status: 409, code: "conflict", title: "Conflict", detail };
    }
    if (error.code === "FORGOTTEN_SUBJECT") {
      const detail = "The customer was forgotten.";
      return { status: 409, code: "customer-forgotten", title: "Customer forgotten", detail };
    }
    if (error.isRetryable || error.code === "ADAPTER_CLOSED") {
      logger.warn({ error }, "The storage could not be reached.");
      const detail = "The bank cannot reach its storage now. Try again with the same Idempotency-Key.";
      return { status: 503, code: "unavailable", title: "Unavailable", detail };
    }
  }
  logger.error({ error }, "A request failed.");
  return { status: 500, title: "Internal error", detail: "The bank failed. The reason is in its log." };
}

/** The answer that tells a problem. */
export function answerProblem(c: Context, { status, code, title, detail, members }: Problem): Response {
  if (status === 503) c.header("Retry-After", "1");
  if (status === 412) c.header("ETag", `"${members?.position}"`);
  const type = code === undefined ? "about:blank" : `urn:bank:${code}`;
  return c.body(JSON.stringify({ type, title, status, detail, ...members }), status, {
    "content-type": "application/problem+json",
  });
}

function sentence(code: string): string {
  const words = code.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
