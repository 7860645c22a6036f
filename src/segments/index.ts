export { measureAdjustedMutualInformation } from "./adjusted-mutual-information.ts";
export type { AdjustedMutualInformationReport } from "./adjusted-mutual-information.ts";
export { measureAdjustedRand } from "./adjusted-rand.ts";
export type { AdjustedRandReport } from "./adjusted-rand.ts";
export { alignLabels } from "./align-labels.ts";
export type { AlignLabelsOptions, LabelAlignment } from "./align-labels.ts";
export { measureAssociation } from "./association.ts";
export type { AssociationReport, MeasureAssociationOptions } from "./association.ts";
export type { BehaviorCondition, BehaviorSegmentRule } from "./behavior-rules.ts";
export { measureCalinskiHarabasz } from "./calinski-harabasz.ts";
export type { CalinskiHarabaszReport } from "./calinski-harabasz.ts";
export { chooseK } from "./choose-k.ts";
export type { ChooseKOptions, ChooseKPoint, ChooseKReport } from "./choose-k.ts";
export { compareSegmentations } from "./compare-segmentations.ts";
export type {
  CompareSegmentationsOptions,
  NamedSegmentation,
  SegmentationComparison,
  SegmentationCriterion,
  SegmentationEvidence,
} from "./compare-segmentations.ts";
export { cutHierarchy } from "./cut-hierarchy.ts";
export type { CutHierarchyOptions } from "./cut-hierarchy.ts";
export { measureDaviesBouldin } from "./davies-bouldin.ts";
export type { DaviesBouldinReport } from "./davies-bouldin.ts";
export { labelDbscan } from "./dbscan.ts";
export type { DbscanLabels, LabelDbscanOptions } from "./dbscan.ts";
export type { DistinctFeature } from "./distinct-features.ts";
export { measureElbow } from "./elbow.ts";
export type { ElbowReport, MeasureElbowOptions } from "./elbow.ts";
export { measureGap } from "./gap.ts";
export type { GapPoint, GapReport, MeasureGapOptions } from "./gap.ts";
export { labelHdbscan } from "./hdbscan.ts";
export type { HdbscanLabels, LabelHdbscanOptions } from "./hdbscan.ts";
export type { HierarchicalModel, Linkage } from "./hierarchical-model.ts";
export { fitHierarchical } from "./hierarchical.ts";
export type { FitHierarchicalOptions } from "./hierarchical.ts";
export { measureKDistance } from "./k-distance.ts";
export type { KDistanceReport, MeasureKDistanceOptions } from "./k-distance.ts";
export { assignKMeans, fitKMeans } from "./kmeans.ts";
export type { FitKMeansOptions, KMeansModel } from "./kmeans.ts";
export { labelByBehavior } from "./label-behavior.ts";
export type { BehaviorLabels, LabelByBehaviorOptions } from "./label-behavior.ts";
export type { FixedLifecycleRule, LifecycleRule, OwnLifecycleRule } from "./lifecycle-stages.ts";
export { labelLifecycle } from "./lifecycle.ts";
export type { LabelLifecycleOptions, Lifecycle, LifecycleStage } from "./lifecycle.ts";
export { assignMicroSegments, fitMicroSegments } from "./micro-segments.ts";
export type { FitMicroSegmentsOptions, MicroSegmentModel, MicroSegmentStage, MicroSegments } from "./micro-segments.ts";
export type { StageSplit } from "./micro-split.ts";
export { measureMigration, projectMigration } from "./migration.ts";
export type { MeasureMigrationOptions, MigrationReport, ProjectMigrationOptions } from "./migration.ts";
export type { AssociationTest, OutcomeAssociation, OutcomeGroup, OutcomeKind } from "./outcome-association.ts";
export type { PersonaEvidence } from "./persona-figures.ts";
export { describePersonas } from "./personas.ts";
export type { DescribePersonasOptions, Persona, PersonaSentence } from "./personas.ts";
export { profileSegments } from "./profile.ts";
export type { PerFeature, ProfileReport, ProfileSegmentsOptions, SegmentProfile } from "./profile.ts";
export type { Combined, NamedRule, RuleLabels } from "./rule-tree.ts";
export { labelByRules } from "./rules.ts";
export type { FeatureCondition, FeatureRule } from "./rules.ts";
export { measureSilhouette } from "./silhouette.ts";
export type { MeasureSilhouetteOptions, SilhouetteReport } from "./silhouette.ts";
export { measureStability } from "./stability.ts";
export type { MeasureStabilityOptions, StabilityReport } from "./stability.ts";
export type { CustomerStages, StageShare } from "./stage-mix.ts";
export { labelBehaviorState, stepBehaviorRules } from "./step-behavior.ts";
export type { BehaviorChange, BehaviorEvent, BehaviorRuleState, BehaviorStep } from "./step-behavior.ts";
export { measureVMeasure } from "./v-measure.ts";
export type { MeasureVMeasureOptions, VMeasureReport } from "./v-measure.ts";
