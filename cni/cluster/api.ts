import {
  ApiException,
  CoreV1Api,
  createConfiguration,
  CustomObjectsApi,
  type RequestContext,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from "@kubernetes/client-node";
import { Failure } from "../../core/errors.ts";
import { findJsonObject, isNestedWithin, type JsonObject, MOST_LEVELS } from "../../core/spec/json.ts";
import { type Asking, ask } from "./ask.ts";
import { type ApiReply, MAX_ANSWER_BYTES } from "./exchange.ts";
import { type Right, toAsked, toStrange } from "./refusal.ts";

/** Against lists that are too long or too large for one call. */
export const TOO_MUCH = "keep fewer or smaller objects together; a pod that names its network needs no list";

export interface Question extends Asking {
  /** What of the answer is wanted. The library expects the rest to be what it should be, and asks nobody. */
  readonly narrow?: (answer: JsonObject) => JsonObject;
}

export interface Api {
  readonly core: CoreV1Api;
  readonly custom: CustomObjectsApi;
}

/** The library's clients; what they ask goes our way: bounded, in time, without a redirect. */
export function openApi(question: Question): Api {
  const httpApi = wrapHttpLibrary({ send: (request) => send(request, question) });
  const baseServer = new ServerConfiguration(question.server.url, {});
  const configuration = createConfiguration({ baseServer, httpApi });
  return { core: new CoreV1Api(configuration), custom: new CustomObjectsApi(configuration) };
}

/** What is answered; undefined when the answer has one of these statuses. */
export async function unlessStatus<T>(
  statuses: readonly number[],
  asked: Promise<T>,
): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiException && statuses.includes(error.code)) return undefined;
    throw error;
  }
}

async function send(request: RequestContext, question: Question): Promise<ResponseContext> {
  const body = request.getBody();
  if (body !== undefined && typeof body !== "string") throw new Error("a request with a form");
  const call = {
    method: request.getHttpMethod(),
    url: request.getUrl(),
    headers: request.getHeaders(),
    body,
  };
  const reply = await ask(call, question);
  const isGood = reply.status < 300;
  const answer = isGood ? (question.narrow ?? ((all) => all))(parseAnswer(reply, question.right)) : {};
  const text = JSON.stringify(answer);
  const content = Buffer.from(text);
  return new ResponseContext(
    reply.status,
    { "content-type": "application/json" },
    {
      text: async () => text,
      binary: async () => content,
      stream: () => null,
    },
  );
}

function parseAnswer({ text }: ApiReply, right: Right): JsonObject {
  if (text === undefined) {
    const message = `the API server answers with more than ${MAX_ANSWER_BYTES} bytes to ${toAsked(right)}`;
    throw new Failure("tryAgainLater", message, { details: TOO_MUCH });
  }
  const answer = findJsonObject(text);
  if (answer !== undefined && isNestedWithin(answer, MOST_LEVELS)) return answer;
  throw toStrange("the API server's answer is no JSON object of a bearable depth");
}
