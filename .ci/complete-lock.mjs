/**
 * Run after `npm install` where the registry in use lacks optional packages of other platforms: npm then leaves them
 * out of the lock file, and `npm ci` refuses it. Adds what is missing, by version and platform, without integrity.
 */
import { readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("../package-lock.json", import.meta.url);
const SYSTEMS = /android|darwin|freebsd|win32|linux|openharmony|aix|netbsd|openbsd|sunos/;
const PROCESSORS = /arm64|x64|ia32|arm|riscv64|s390x|ppc64|loong64|mips64el|wasm32/;

const lock = JSON.parse(readFileSync(FILE, "utf8"));

/** The places where node looks for `name` from `at`, nearest first. */
function listPlaces(at, name) {
  const places = [];
  for (let up = at; up !== ""; up = up.slice(0, Math.max(0, up.lastIndexOf("node_modules/") - 1))) {
    places.push(`${up}/node_modules/${name}`);
  }
  return [...places, `node_modules/${name}`];
}

function describe(name, version, dev) {
  const [os] = SYSTEMS.exec(name) ?? [];
  const [cpu] = PROCESSORS.exec(name) ?? [];
  return {
    version: version.replace(/^[\^~]/, ""),
    ...(dev === true && { dev }),
    optional: true,
    ...(os !== undefined && { os: [os] }),
    ...(cpu !== undefined && { cpu: [cpu] }),
    ...(name.includes("musl") && { libc: ["musl"] }),
  };
}

for (const [at, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const places = listPlaces(at, name);
    const found = places.map((place) => lock.packages[place]).find((entry) => entry !== undefined);
    const fits = found !== undefined && (found.version === version || !/^\d/.test(version));
    if (!fits) lock.packages[found === undefined ? places.at(-1) : places[0]] = describe(name, version, dev);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, undefined, 2)}\n`);
