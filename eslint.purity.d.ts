import type { Linter } from "eslint";

export declare const purityRules: Linter.RulesRecord;
export declare const elementaryFile: string;
export declare const elementaryRules: Linter.RulesRecord;
export declare const adapterFiles: string;
export declare const adapterRules: Linter.RulesRecord;
export declare const hostFile: string;
export declare const hostRules: Linter.RulesRecord;
