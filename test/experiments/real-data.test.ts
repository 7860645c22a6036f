import { run } from "clientele/core";
import {
  type MeanStats,
  meanStats,
  type ProportionStats,
  testMeans,
  testBayesian,
  testMannWhitney,
  testProportions,
  testSampleRatio,
} from "clientele/experiments";
import { expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// Figures of two arms as the expected.json files hold them: 1 = control, 2 = treatment.
interface RatesWanted {
  readonly x1: number;
  readonly n1: number;
  readonly x2: number;
  readonly n2: number;
  readonly rate1: number;
  readonly rate2: number;
  readonly difference_2_minus_1: number;
  readonly relative_lift: number;
  readonly pooled_z: number;
  readonly p_two_sided: number;
  readonly unpooled_se: number;
  readonly ci95_difference_unpooled: readonly number[];
  readonly chi2: number;
  readonly chi2_p: number;
  readonly chi2_yates: number;
  readonly chi2_yates_p: number;
  readonly bayes_beta11_prob_2_greater_1: number;
  readonly wilson95_1: readonly number[];
  readonly wilson95_2: readonly number[];
}
interface MeansWanted {
  readonly n1: number;
  readonly n2: number;
  readonly mean1: number;
  readonly mean2: number;
  readonly sd1: number;
  readonly sd2: number;
  readonly difference_2_minus_1: number;
  readonly t: number;
  readonly df: number;
  readonly p_two_sided: number;
  readonly ci95: readonly number[];
}

const rounding = { relative: 1e-10, because: "rounding of sums" };

function ratesOf(rows: readonly TextRow[], hit: (row: TextRow) => boolean): ProportionStats {
  return { n: rows.length, successes: rows.filter(hit).length };
}

function expectRates(control: ProportionStats, treatment: ProportionStats, wanted: RatesWanted): void {
  expect([control.successes, control.n, treatment.successes, treatment.n]).toEqual([wanted.x1, wanted.n1, wanted.x2, wanted.n2]); // prettier-ignore
  const report = testProportions({ control, treatment });
  expectClose(
    [report.control.value!, report.treatment.value!, report.estimate!, report.statistic!, report.standardError!],
    [wanted.rate1, wanted.rate2, wanted.difference_2_minus_1, wanted.pooled_z, wanted.unpooled_se],
    rounding,
  );
  expectClose([report.pValue!, report.pValue!], [wanted.p_two_sided, wanted.chi2_p], rounding);
  expectClose(report.statistic! ** 2, wanted.chi2, rounding);
  expectClose(report.control.interval!, wanted.wilson95_1, rounding);
  expectClose(report.treatment.interval!, wanted.wilson95_2, rounding);
  const corrected = testProportions({ control, treatment }, { continuity: true });
  expectClose([corrected.statistic! ** 2, corrected.pValue!], [wanted.chi2_yates, wanted.chi2_yates_p], rounding);
  const belief = testBayesian({ control, treatment }, { prior: { successes: 1, failures: 1 } });
  expectClose(belief.chanceToWin!, wanted.bayes_beta11_prob_2_greater_1, { absolute: 1e-12, because: "their quadrature: some of theirs lie above 1" }); // prettier-ignore
  const lift = testProportions({ control, treatment }, { relative: true });
  expectClose(lift.estimate!, wanted.relative_lift, rounding);
  // Wald's interval is not ours: with thousands of customers Newcombe's lies within a hundredth of its length.
  const wald = wanted.ci95_difference_unpooled;
  expectClose(report.interval!, wald, { absolute: (wald[1] - wald[0]) / 100, because: "Newcombe, not Wald" });
}

function expectMeans(control: MeanStats, treatment: MeanStats, wanted: MeansWanted): void {
  expect([control.n, treatment.n]).toEqual([wanted.n1, wanted.n2]);
  const deviation = ({ n, m2 }: MeanStats): number => Math.sqrt(m2 / (n - 1));
  expectClose(
    [control.mean, treatment.mean, deviation(control), deviation(treatment)],
    [wanted.mean1, wanted.mean2, wanted.sd1, wanted.sd2],
    rounding,
  );
  const report = testMeans({ control, treatment });
  const near = { relative: 1e-9, because: "the difference of two means is a thousandth of them" };
  expectClose(
    [report.estimate!, report.statistic!, report.degreesOfFreedom!, report.pValue!],
    [wanted.difference_2_minus_1, wanted.t, wanted.df, wanted.p_two_sided],
    near,
  );
  expectClose(report.interval!, wanted.ci95, near);
}

const amounts = (rows: readonly TextRow[], name: string): MeanStats => run(meanStats(), rows.map((row) => Number(row[name]))); // prettier-ignore

describeWithData("tests of the Cookie Cats gate", ["cookie_cats"], () => {
  interface Wanted {
    readonly retention_1: RatesWanted;
    readonly retention_7: RatesWanted;
    readonly rounds_welch: MeansWanted;
    readonly rounds_welch_without_the_largest: MeansWanted;
    readonly rounds_mann_whitney_without_the_largest: { readonly U_of_gate_40: number; readonly p: number };
    readonly sample_ratio_mismatch_50_50: { readonly chi2: number; readonly p: number };
    readonly published: Readonly<Record<string, number>>;
  }
  const rows = readDataRows("cookie_cats/cookie_cats.csv.gz");
  const wanted = readDataJson<Wanted>("cookie_cats/expected.json");
  const [control, treatment] = ["gate_30", "gate_40"].map((gate) => rows.filter(({ version }) => version === gate));

  it.each(["retention_1", "retention_7"] as const)("%s differs as statsmodels says", (name) => {
    const kept = (row: TextRow): boolean => row[name] === "TRUE";
    const [first, second] = [ratesOf(control, kept), ratesOf(treatment, kept)];
    expectRates(first, second, wanted[name]);
    const { pValue } = testProportions({ control: first, treatment: second });
    expectClose(pValue!, wanted.published[`${name}_p`], { absolute: 5e-5, because: "digits published" });
  });

  it("rounds played differ as scipy says, with and without the one player of 49,854 rounds", () => {
    expectMeans(amounts(control, "sum_gamerounds"), amounts(treatment, "sum_gamerounds"), wanted.rounds_welch);
    const others = control.filter(({ sum_gamerounds }) => sum_gamerounds !== "49854");
    expectMeans(amounts(others, "sum_gamerounds"), amounts(treatment, "sum_gamerounds"), wanted.rounds_welch_without_the_largest); // prettier-ignore
    const [few, many] = [others, treatment].map((arm) => arm.map(({ sum_gamerounds }) => Number(sum_gamerounds)));
    const ranked = testMannWhitney({ control: few, treatment: many });
    const { U_of_gate_40, p } = wanted.rounds_mann_whitney_without_the_largest;
    expect(ranked.statistic).toBe(U_of_gate_40);
    expectClose(ranked.pValue!, p, rounding);
  });

  it("the sizes of the arms are suspicious at 1 %, but no alarm by default", () => {
    const report = testSampleRatio([control.length, treatment.length]);
    const { chi2, p } = wanted.sample_ratio_mismatch_50_50;
    expectClose([report.statistic, report.pValue!], [chi2, p], rounding);
    expect(report.mismatch).toBe(false);
  });
});

describeWithData("tests of Hillstrom's e-mails", ["hillstrom"], () => {
  type Comparison = {
    readonly visit: RatesWanted;
    readonly conversion?: RatesWanted;
    readonly spend_welch?: MeansWanted;
  };
  const rows = readDataRows("hillstrom/hillstrom.csv.gz");
  const wanted = readDataJson<Record<string, unknown>>("hillstrom/expected.json");
  const armOf = (name: string): TextRow[] => rows.filter(({ segment }) => segment === name);
  const arms = { none: armOf("No E-Mail"), mens: armOf("Mens E-Mail"), womens: armOf("Womens E-Mail") };

  it.each([
    ["Mens E-Mail against No E-Mail", arms.none, arms.mens],
    ["Womens E-Mail against No E-Mail", arms.none, arms.womens],
    ["Mens against Womens (1 = Womens, 2 = Mens)", arms.womens, arms.mens],
  ])("%s: visits, conversions and spend", (name, control, treatment) => {
    const { visit, conversion, spend_welch: spend } = wanted[name] as Comparison;
    const hit = (key: string) => (row: TextRow): boolean => row[key] === "1"; // prettier-ignore
    expectRates(ratesOf(control, hit("visit")), ratesOf(treatment, hit("visit")), visit);
    if (conversion !== undefined) expectRates(ratesOf(control, hit("conversion")), ratesOf(treatment, hit("conversion")), conversion); // prettier-ignore
    if (spend !== undefined) expectMeans(amounts(control, "spend"), amounts(treatment, "spend"), spend);
    expect(conversion === undefined).toBe(spend === undefined);
  });

  it("rates of the arms, and arms of equal size", () => {
    const rates = wanted["rates"] as Record<string, { visit: number; conversion: number; spend: number }>;
    for (const [name, { visit, conversion, spend }] of Object.entries(rates)) {
      const arm = armOf(name);
      expectClose([amounts(arm, "visit").mean, amounts(arm, "conversion").mean, amounts(arm, "spend").mean], [visit, conversion, spend], rounding); // prettier-ignore
    }
    const { chi2, p } = wanted["sample_ratio_mismatch"] as { chi2: number; p: number };
    const report = testSampleRatio([arms.mens.length, arms.none.length, arms.womens.length]);
    expectClose([report.statistic, report.pValue!], [chi2, p], rounding);
    expect(report.degreesOfFreedom).toBe(2);
  });
});

describeWithData("tests of retentioneering's A/B demo", ["retentioneering_ab"], () => {
  interface Wanted {
    readonly groups: Record<string, { users: number; payers: number; value_sum: number; events: number }>;
    readonly payment_rate_test_against_control: RatesWanted;
    readonly value_per_user_welch: MeansWanted;
    readonly events_per_user_welch: MeansWanted;
    readonly events_per_user_mann_whitney: { readonly u2: number; readonly p: number };
    readonly users_in_more_than_one_basket: number;
  }
  const wanted = readDataJson<Wanted>("retentioneering_ab/expected.json");
  const users = new Map<string, { basket: string; events: number; value: number; paid: boolean }>();
  for (const row of readDataRows("retentioneering_ab/ab_test_demo.csv.gz")) {
    const user = users.get(row["user_id"]) ?? { basket: row["user_backet"], events: 0, value: 0, paid: false };
    user.events++;
    user.value += Number(row["transaction_value"] || 0);
    user.paid ||= row["event"] === "payment_done";
    users.set(row["user_id"], user);
  }
  const armOf = (name: string): readonly { events: number; value: number; paid: boolean }[] => [...users.values()].filter(({ basket }) => basket === name); // prettier-ignore
  const [control, treatment] = [armOf("control"), armOf("test")];

  it("payers, value and events per user", () => {
    for (const [name, group] of Object.entries(wanted.groups)) {
      const arm = armOf(name);
      const total = (of: (user: { events: number; value: number }) => number): number => arm.reduce((sum, user) => sum + of(user), 0); // prettier-ignore
      expect([arm.length, arm.filter(({ paid }) => paid).length, total(({ value }) => value), total(({ events }) => events)]).toEqual([group.users, group.payers, group.value_sum, group.events]); // prettier-ignore
    }
    const rate = (arm: typeof control): ProportionStats => ({ n: arm.length, successes: arm.filter(({ paid }) => paid).length }); // prettier-ignore
    expectRates(rate(control), rate(treatment), wanted.payment_rate_test_against_control);
    const mean = (arm: typeof control, of: (user: (typeof control)[number]) => number): MeanStats => run(meanStats(), arm.map(of)); // prettier-ignore
    expectMeans(mean(control, ({ value }) => value), mean(treatment, ({ value }) => value), wanted.value_per_user_welch); // prettier-ignore
    expectMeans(mean(control, ({ events }) => events), mean(treatment, ({ events }) => events), wanted.events_per_user_welch); // prettier-ignore
    const [before, after] = [control, treatment].map((arm) => arm.map(({ events }) => events));
    const ranked = testMannWhitney({ control: before, treatment: after });
    expect(ranked.statistic).toBe(wanted.events_per_user_mann_whitney.u2);
    expectClose(ranked.pValue!, wanted.events_per_user_mann_whitney.p, rounding);
  });
});
