// Bundle every room's islands and styles into one app.js and one app.css, and keep the whitelisted icons at hand.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const ui = dirname(fileURLToPath(import.meta.url));
const rooms = dirname(ui);
const root = join(rooms, "..", "..");
const out = join(ui, "static", "ui", "dist");

/** The agenda's positions as classes, since the content policy refuses style attributes. */
function agendaClasses() {
  const rules = [];
  const add = (selector, declarations) => rules.push(`${selector}{${declarations}}`);
  for (let n = 0; n < 288; n++) add(`.at-${n}`, `grid-row-start:${n + 1}`);
  for (let n = 1; n <= 288; n++) add(`.for-${n}`, `grid-row-end:span ${n}`);
  for (let n = 1; n <= 288; n++) add(`.rows-${n}`, `grid-template-rows:repeat(${n},var(--row))`);
  // Bootstrap's .col-N has a width of its own: inside an agenda, the column is the grid's.
  for (let n = 0; n <= 42; n++) add(`:where(.agenda) .col-${n}`, `grid-column:${n + 1};width:auto`);
  for (let n = 1; n <= 42; n++) {
    const least = n <= 3 ? 110 : n <= 7 ? 96 : 124;
    add(`.cols-${n}`, `grid-template-columns:var(--gutter) repeat(${n},minmax(var(--col-min,${least}px),1fr))`);
  }
  for (let of = 2; of <= 4; of++) {
    for (let n = 1; n <= of; n++) {
      const share = (100 / of).toFixed(3);
      add(`.lane-${n}-of-${of}`, `width:calc(${share}% - 4px);margin-left:calc(${((n - 1) * 100) / of}% + 2px);justify-self:start`);
    }
  }
  return rules.join("\n");
}

/** Every room's islands/ and styles, in alphabetical order; ui's own come first. */
function found(extension) {
  return readdirSync(rooms, { withFileTypes: true })
    .filter((room) => room.isDirectory() && room.name !== "ui" && existsSync(join(rooms, room.name, "islands")))
    .flatMap((room) => readdirSync(join(rooms, room.name, "islands")).map((file) => join(rooms, room.name, "islands", file)))
    .filter((file) => file.endsWith(extension) && !file.endsWith(".d.ts") && !file.endsWith(`.test${extension}`))
    .sort();
}

const imports = (files) => files.map((file) => `import ${JSON.stringify("./" + relative(rooms, file))};`).join("\n");
const cssImports = (files) => files.map((file) => `@import ${JSON.stringify("./" + relative(rooms, file))};`).join("\n");

const common = {
  bundle: true,
  minify: true,
  sourcemap: "linked",
  outdir: out,
  nodePaths: [join(root, "node_modules")],
  legalComments: "none",
  logLevel: "warning",
};

function copyIcons() {
  const folder = join(ui, "assets", "icons");
  const wanted = readFileSync(join(ui, "assets", "icons.txt"), "utf8").split("\n").map((name) => name.trim()).filter(Boolean);
  for (const name of wanted) {
    const source = join(root, "node_modules", "lucide-static", "icons", `${name}.svg`);
    if (existsSync(source) && !existsSync(join(folder, `${name}.svg`))) copyFileSync(source, join(folder, `${name}.svg`));
  }
}

/** Scripts that live without the house: a page that must open on a machine without network. One bundle each. */
function standalone() {
  return readdirSync(rooms, { withFileTypes: true })
    .filter((room) => room.isDirectory() && existsSync(join(rooms, room.name, "standalone")))
    .flatMap((room) =>
      readdirSync(join(rooms, room.name, "standalone"))
        .filter((file) => file.endsWith(".ts") && !file.startsWith("_"))
        .map((file) => join(rooms, room.name, "standalone", file)),
    )
    .sort();
}

mkdirSync(out, { recursive: true });
copyIcons();
await Promise.all([
  esbuild.build({
    ...common,
    stdin: { contents: imports([join(ui, "islands", "main.ts"), ...found(".ts")]), resolveDir: rooms, sourcefile: "app.ts", loader: "ts" },
    entryNames: "app",
    format: "iife",
    target: ["chrome123", "firefox121", "safari17.5"],
  }),
  esbuild.build({
    ...common,
    sourcemap: false,
    entryPoints: standalone(),
    entryNames: "[name]",
    format: "iife",
    target: ["chrome123", "firefox121", "safari17.5"],
  }),
  esbuild.build({
    ...common,
    stdin: {
      contents: cssImports([join(ui, "styles", "app.css"), ...found(".css")]) + "\n" + '@import "agenda-positions";',
      resolveDir: rooms,
      sourcefile: "app.css",
      loader: "css",
    },
    entryNames: "app",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    target: ["chrome123", "firefox121", "safari17.5"],
    plugins: [
      {
        name: "agenda-positions",
        setup(build) {
          build.onResolve({ filter: /^agenda-positions$/ }, () => ({ path: "agenda-positions", namespace: "generated" }));
          build.onLoad({ filter: /.*/, namespace: "generated" }, () => ({ contents: agendaClasses(), loader: "css" }));
        },
      },
    ],
  }),
]);
console.log(`ui: ${found(".ts").length} islands of other rooms, ${readdirSync(out).length} files in ${relative(root, out)}`);
