import path from "node:path";
import { DIST_DIR } from "../setup/build.ts";
import { runConformance } from "./suite.ts";

runConformance({ name: "genie-standalone", plugin: path.join(DIST_DIR, "bin/genie-standalone") });
