// Models that were learned elsewhere and are applied here. A model is checked by applying it to the view of a made-up customer
// before it is kept: one that does not fit is refused when it is sent, not when a customer is asked for.
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ClienteleError } from "clientele/core";
import type { CustomerView } from "clientele/features";
import { predictPropensity, type PropensityModel } from "clientele/predictions";
import { type FeatureTable, selectFeatures } from "clientele/tables";
import { refuse } from "./read-request.ts";
import { type Settings, viewTotals } from "./settings.ts";
import { unfinished, writeAtomically } from "./write-atomically.ts";

/** The models of the service. */
export interface Models {
  /** Names and models, by name. */
  readonly all: () => readonly (readonly [name: string, model: PropensityModel])[];
  readonly get: (name: string) => PropensityModel | undefined;
  /** Checks a model and keeps it; resolves when it is on the disk. */
  save(name: string, model: unknown, settings: Settings): Promise<PropensityModel>;
}

/** What a model may be called: it is the name of a file. */
const names = /^[a-z0-9][a-z0-9_-]{0,63}$/u;
const ending = ".json";

/** Opens the models of a folder; files that are no model are an error, for nobody but this service writes there. */
export async function openModels(folder: string): Promise<Models> {
  await mkdir(folder, { recursive: true });
  const models = new Map<string, PropensityModel>();
  for (const file of (await readdir(folder)).sort()) {
    if (file.endsWith(unfinished)) await rm(join(folder, file));
    else models.set(file.slice(0, -ending.length), JSON.parse(await readFile(join(folder, file), "utf8")) as PropensityModel); // prettier-ignore
  }
  let before: Promise<unknown> = Promise.resolve();
  return {
    all: () => [...models].sort(([a], [b]) => (a < b ? -1 : 1)),
    get: (name) => models.get(name),
    async save(name, given, settings) {
      if (!names.test(name))
        refuse("name", "1 to 64 small letters, digits, _ and -, the first a letter or digit", name);
      const model = checkedModel(given, settings);
      // One after the other, so that what is read last is what was written last.
      const saved = before.then(async () => {
        await writeAtomically(join(folder, name + ending), [JSON.stringify(model)]);
        models.set(name, model);
      });
      before = saved.catch(() => undefined);
      await saved;
      return model;
    },
  };
}

/** Makes sure that a model can be applied to the views of this service. */
function checkedModel(given: unknown, settings: Settings): PropensityModel {
  const head = given as Partial<PropensityModel> | null;
  if (head === null || typeof head !== "object" || Array.isArray(given)) refuse("model", "a model", given);
  if (head.kind !== "propensity") refuse("model.kind", '"propensity"', head.kind, "unsupported");
  const totals = viewTotals(settings, 0);
  const view = totals.finish(totals.add(totals.init(), { customer: "nobody", type: settings.purchase, time: 0, value: 1 })); // prettier-ignore
  probabilityOf(given as PropensityModel, view);
  return given as PropensityModel;
}

/**
 * Applies a model to the view of one customer.
 *
 * @throws {ClienteleError} `incompatible-model` when it needs another view, or is damaged.
 */
export function probabilityOf(model: PropensityModel, view: CustomerView): number {
  return predictPropensity(model, neededFeatures(model, view))[0];
}

function neededFeatures({ features }: PropensityModel, view: FeatureTable): FeatureTable {
  if (!Array.isArray(features)) refuse("model.features", "a list of feature names", features, "incompatible-model");
  const missing = (features as readonly string[]).findIndex((name) => !view.names.includes(name));
  if (missing < 0) return selectFeatures(view, features);
  const expected = `one of ${view.names.join(", ")}`;
  throw new ClienteleError("models", { code: "incompatible-model", path: `model.features[${missing}]`, expected, received: "another name" }); // prettier-ignore
}
