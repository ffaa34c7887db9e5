// The official Node client against the gateway. test_node.py runs this with `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.GATEWAY_URL, apiKey: process.env.GATEWAY_KEY, maxRetries: 0 });
const isSluice = process.env.GATEWAY_KIND === "sluice";
const user = (content) => [{ role: "user", content }];
const ask = (content, more = {}, options = {}) =>
  client.chat.completions.create({ model: "chat", messages: user(content), ...more }, options);

const weather = {
  type: "function",
  function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};

// Waits until the provider's call with this text has ended as `outcome`.
async function outcomeOf(text, outcome) {
  const deadline = Date.now() + 1000;
  for (;;) {
    const calls = await (await fetch(process.env.PROVIDER_LOG)).json();
    if (calls.some((call) => call.body.includes(text) && call.outcome === outcome)) return;
    assert.ok(Date.now() < deadline, `not ${outcome} within a second: ${JSON.stringify(calls)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("chat", async () => {
  const answer = await ask("hello there");
  assert.match(answer.choices[0].message.content, /to: hello there$/);
  assert.equal(answer.usage.total_tokens, 22);
});

test("stream", async () => {
  let text = "";
  for await (const chunk of await ask("one two", { stream: true })) text += chunk.choices[0]?.delta?.content ?? "";
  assert.match(text, /to: one two$/);
});

test("usage at a stream's end", { skip: !isSluice }, async () => {
  const chunks = [];
  for await (const chunk of await ask("x", { stream: true, stream_options: { include_usage: true } })) chunks.push(chunk);
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.equal(chunks.at(-1).usage.total_tokens, 22);
});

test("tools", async () => {
  const answer = await ask("!tools", { tools: [weather] });
  assert.equal(answer.choices[0].message.tool_calls[0].function.arguments, '{"city":"Paris"}');
});

test("tools in a stream", async () => {
  const stream = client.chat.completions.stream({ model: "chat", messages: user("!tools"), tools: [weather] });
  const message = await stream.finalMessage();
  assert.equal(message.tool_calls[0].function.arguments, '{"city":"Paris"}');
});

test("structured output", async () => {
  const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const answer = await ask("plan", { response_format: { type: "json_schema", json_schema: { name: "x", schema } } });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { city: "Paris" });
});

test("embeddings", async () => {
  const answer = await client.embeddings.create({ model: "embed", input: "hello", dimensions: 8 });
  assert.deepEqual(answer.data[0].embedding, [0.5, -0.5, 0, 0, 0, -0.5, 0.5, 0]);
});

test("models", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.ok(ids.includes("chat"));
});

for (const [status, kind] of [
  [400, OpenAI.BadRequestError],
  [401, OpenAI.AuthenticationError],
  [404, OpenAI.NotFoundError],
  [429, OpenAI.RateLimitError],
  [500, OpenAI.InternalServerError],
]) {
  test(`status ${status} is a ${kind.name}`, async () => {
    await assert.rejects(ask(`!status ${status}`, { num_retries: 0 }), (error) => {
      assert.ok(error instanceof kind, error);
      assert.match(error.message, new RegExp(`fake failure ${status}`));
      return true;
    });
  });
}

test("a wrong key is an AuthenticationError", async () => {
  const other = new OpenAI({ baseURL: process.env.GATEWAY_URL, apiKey: "wrong", maxRetries: 0 });
  await assert.rejects(other.models.list(), OpenAI.AuthenticationError);
});

test("a timeout ends the provider's work", { skip: !isSluice }, async () => {
  await assert.rejects(ask("!slow 31", {}, { timeout: 300 }), OpenAI.APIConnectionTimeoutError);
  await outcomeOf("!slow 31", "client left");
});

test("an aborted stream ends the provider's work", { skip: !isSluice }, async () => {
  const stream = await ask("!stall 2 aborted", { stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta?.content) break;
  stream.controller.abort();
  await outcomeOf("!stall 2 aborted", "client left");
});

test("many requests at once over kept connections", async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(`number ${i}`)));
  answers.forEach((answer, i) => assert.match(answer.choices[0].message.content, new RegExp(`to: number ${i}$`)));
});
