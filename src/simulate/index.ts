export { simulateCampaign } from "./campaign.ts";
export type { CampaignCustomer, SimulateCampaignOptions, SimulatedCampaign } from "./campaign.ts";
export type { ShopChain } from "./paths.ts";
export type { ShopSegment } from "./plan.ts";
export { simulateShop } from "./shop.ts";
export type { SimulateShopOptions } from "./shop.ts";
export type {
  CustomerTruth,
  RowTruth,
  SessionTruth,
  SharedDevice,
  ShopEvent,
  ShopTruth,
  SimulatedShop,
} from "./truth.ts";
