import { expect, test } from "vitest";
import { isSpdxExpression } from "./spdx-expression.ts";

test.each([
  "Apache-2.0",
  "GPL-2.0+",
  "MIT OR Apache-2.0",
  "mit and 0BSD",
  "Apache-2.0 OR (MIT AND BSD-3-Clause)",
  "((MIT)) AND (GPL-2.0-or-later WITH Classpath-exception-2.0 OR ( EPL-2.0 ))",
  "LicenseRef-own",
  "DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2",
])("%s is one", (text) => expect(isSpdxExpression(text)).toBe(true));

test.each([
  "",
  " ",
  "nope nope",
  "MIT Apache-2.0",
  "MIT OR",
  "AND MIT",
  "MIT AND OR MIT",
  "WITH",
  "MIT OR OR",
  "()",
  "(MIT",
  "MIT)",
  ")MIT(",
  "(MIT)(MIT)",
  "(MIT) WITH Classpath-exception-2.0",
  "MIT/Apache-2.0",
  "MIT#",
  "MIT +",
  "DocumentRef-a:MIT",
  "a".repeat(257),
  "a and ".repeat(42),
  `${"(".repeat(128)}${")".repeat(128)}`,
])("%j is none", (text) => expect(isSpdxExpression(text)).toBe(false));
