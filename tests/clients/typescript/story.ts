// Announce two hand-overs, list them page by page, read one, and meet two problems: typed by what was generated from
// the API document alone. Its arguments are the address of the product and an access token
// of somebody who announces lists.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/intake.js";

type Announce = components["schemas"]["AnnounceHandover"];

const [address, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: address ?? "", headers: { Authorization: `Bearer ${token}` } });

async function announced(key: string): Promise<string> {
  const body: Announce = {
    country: "VN",
    gate: "BAVET_MOC_BAI",
    planned_day: "2025-11-05",
    lines: [{ number: 1, as_received: { full_name: "Nguyễn Văn Thử" } }],
  };
  const { data, response } = await client.POST("/intake/v1/handovers", {
    params: { header: { "Idempotency-Key": key } },
    body,
  });
  assert(data);
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("Location"), `/intake/v1/handovers/${data.ref}`);
  return data.ref;
}

async function listed(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await client.GET("/intake/v1/handovers", {
      params: { query: { status: ["announced"], limit: 1, ...(cursor ? { cursor } : {}) } },
    });
    assert(data);
    found.push(...data.items.map((item) => item.ref));
    cursor = data.next_cursor ?? undefined;
  } while (cursor);
  return found;
}

const first = await announced("typescript-1");
const second = await announced("typescript-2");
assert.deepEqual(await listed(), [first, second]);

const { data: read } = await client.GET("/intake/v1/handovers/{ref}", { params: { path: { ref: second } } });
assert.equal(read?.announced, 1);

const { error: missing } = await client.GET("/intake/v1/handovers/{ref}", { params: { path: { ref: "0".repeat(32) } } });
assert.equal(missing?.code, "not_found");

const { error: stale } = await client.POST("/intake/v1/handovers/{ref}/cancel", {
  params: { path: { ref: first }, header: { "If-Match": '"7"' } },
  body: { reason: "WEATHER" },
});
assert.equal(stale?.code, "stale");
