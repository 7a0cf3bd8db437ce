import { createExplorer, type ExplorerOptions } from "../../src/index.ts";

/** An answer, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any shape.
  readonly body: any;
}

/** An explorer that is called without a network. */
export function explorerClient(options: ExplorerOptions) {
  const { fetch } = createExplorer({ ...options, authorize: options.authorize ?? (() => true) });
  const send = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(new Request(`http://localhost${path}`, init));
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    send,
    get: (path: string) => send(`/api/${path}`),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      send(`/api/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: "http://localhost", ...headers },
        body: JSON.stringify(body),
      }),
  };
}
