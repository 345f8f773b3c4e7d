import { expect, test } from "vitest";
import { findKind, findWorld } from "./module-kind.ts";

const SCORING = "genie:selection/scoring@1.0.0";

test("a component with both interfaces, or none, has no kind", () => {
  expect(findKind([])).toBeUndefined();
  expect(findKind(["genie:selection/scoring@1.0.0", "genie:selection/selecting@1.0.0"])).toBeUndefined();
  expect(findKind(["genie:selection/scoring@2.0.0"])).toBeUndefined();
});

test("the world is that of the interface that it answers through", () => {
  expect(findWorld(["genie:selection/types@1.0.0", "genie:selection/selecting@1.2.3"])).toBe(
    "genie:selection@1.2.3",
  );
  expect(findWorld([SCORING, "genie:selection/selecting@1.0.0"])).toBeUndefined();
});
