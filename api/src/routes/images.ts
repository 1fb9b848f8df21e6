import { ITEM_ID } from "@flashgate/core";
import { itemImage } from "../item-image.ts";
import { sendImage } from "../responses.ts";
import { type Handler, param } from "./route.ts";

/** `GET /images/{sale}/{item}.svg`: the picture of a generated item. */
export const readImage: Handler = (request, response) => {
  const [saleId, itemId] = [param(request, "sale"), param(request, "item").replace(/\.svg$/, "")];
  if (!ITEM_ID.test(saleId) || !ITEM_ID.test(itemId)) return { kind: "not_found", what: "item" };
  return void sendImage(response, itemImage(saleId, itemId));
};
