import { openShop } from "./shop.ts";

/** An ops port with this metrics page, for those who hold the token; resolves to its URL. */
export async function openPage(token: string, text: string): Promise<string> {
  const { url } = await openShop(({ path, headers }) => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401 };
    return path === "/metrics" ? { status: 200, text } : { status: 404 };
  });
  return url;
}
