import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { detachedRooms } from "./support/architecture.ts";
import { undocumented } from "./support/comments.ts";
import { existingRooms, programOf, projectRoot, publicNames } from "./support/project.ts";
import type { PublicName } from "./support/project.ts";

const rooms = existingRooms();
const fileOf = (room: string): string => join(projectRoot, "src", room, "index.ts");
const rootFile = join(projectRoot, "src/index.ts");
const program = programOf([rootFile, ...rooms.map(fileOf)]);
const surface: Record<string, readonly PublicName[]> = {};
for (const room of rooms) surface[room] = publicNames(program, fileOf(room), room);

describe("the public surface", () => {
  test("is the one that was agreed: test/surface.golden.json", async () => {
    const lines = rooms.map((room) => [room, surface[room]?.map(({ name, kind }) => `${kind} ${name}`).toSorted()]);
    await expect(`${JSON.stringify(Object.fromEntries(lines), null, 2)}\n`).toMatchFileSnapshot("surface.golden.json");
  });

  test("is reachable from the root, but for the rooms that need a peer", () => {
    const atRoot = new Map(publicNames(program, rootFile, ".").map(({ name, symbol }) => [name, symbol]));
    const attached = rooms.filter((room) => !detachedRooms.includes(room));
    const expected = attached.flatMap((room) => surface[room] ?? []);
    // `export *` drops a name that two rooms give to different things, silently; here it is missing or another.
    expect(
      expected.filter(({ name, symbol }) => atRoot.get(name) !== symbol).map(({ room, name }) => `${room}.${name}`),
    ).toEqual([]);
    expect([...atRoot.keys()].toSorted()).toEqual([...new Set(expected.map(({ name }) => name))].toSorted());
  });

  test.each(rooms)("%s is listed explicitly and alphabetically", (room) => {
    const text = program.getSourceFile(fileOf(room))?.text ?? "";
    expect(text).not.toMatch(/export \*/u);
    const modules = [...text.matchAll(/ from "\.\/([^"]+)";$/gmu)].map(([, module]) => module);
    expect(modules).toEqual(modules.toSorted());
    for (const [, names = ""] of text.matchAll(/export (?:type )?\{([^}]*)\}/gu)) {
      const listed = names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "");
      expect(listed).toEqual(listed.toSorted());
    }
  });

  test.each(rooms)(
    "%s is documented: a sentence everywhere, parameters, result and a running example for functions",
    (room) => {
      expect((surface[room] ?? []).flatMap((name) => undocumented(program, name))).toEqual([]);
    },
  );
});

describe("the documentation check", () => {
  const path = join(projectRoot, "src/__probe.ts");
  const troubleOf = (code: string): string[] => {
    const probe = programOf([], new Map([[path, code]]), { noLib: true, types: [] });
    return publicNames(probe, path, "probe").flatMap((name) => undocumented(probe, name));
  };
  const whole =
    "/**\n * Halves a number.\n *\n * @param x - any.\n * @returns its half.\n * @example\n * half(4); // 2\n */\n" +
    "export function half(x: number): number { return x / 2; }";

  test("accepts a whole comment", () => {
    expect(troubleOf(whole)).toEqual([]);
    expect(troubleOf("/** A shape. */\nexport interface A { readonly a: string }")).toEqual([]);
    expect(troubleOf(`${whole.replace(" * @param x - any.\n", "").replace("x: number", "")}`)).toEqual([]);
  });

  test.each([
    ["no comment", "export const a = 1;", "a: no sentence"],
    ["no comment on a type", "export interface A { readonly a: string }", "A: no sentence"],
    ["no sentence", whole.replace(" * Halves a number.\n", ""), "half: no sentence"],
    ["no parameter", whole.replace(" * @param x - any.\n", ""), "half: no @param x"],
    ["an empty parameter", whole.replace(" - any.", ""), "half: no @param x"],
    ["no result", whole.replace(" * @returns its half.\n", ""), "half: no @returns"],
    ["no example", whole.replace(" * @example\n * half(4); // 2\n", ""), "half: no @example"],
    ["an empty example", whole.replace(" * half(4); // 2\n", ""), "half: no @example"],
    ["a member without a comment", "/** A. */\nexport class A { b(): void {} }", "A.b: no sentence"],
  ])("refuses %s", (_, code, trouble) => {
    expect(troubleOf(code)).toContain(trouble);
  });
});
