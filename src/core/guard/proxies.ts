/** Reverse proxies of our own (`TRUSTED_PROXIES`): from them alone is it believed for whom they speak. */
import { BlockList, isIP } from 'node:net';

/** Whether an address is one of them. */
export type Trusts = (address: string | undefined) => boolean;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** As sockets tell them: an IPv4 client of a listener of both kinds has a mapped address. */
export const plainAddress = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '');

/** @param networks addresses, or networks as `10.0.0.0/8`. @throws {Error} naming the first that is neither */
export function trusting(networks: readonly string[]): Trusts {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const most = isIP(address) === 6 ? 128 : 32;
    const length = prefix === undefined ? most : Number(prefix);
    if (isIP(address) === 0 || !Number.isInteger(length) || length < 0 || length > most || prefix === '')
      throw new Error(network);
    list.addSubnet(address, length, familyOf(address));
  }
  return (address) => {
    const plain = plainAddress(address ?? '');
    return isIP(plain) !== 0 && list.check(plain, familyOf(plain));
  };
}

/**
 * For whom a chain of proxies speaks: of `X-Forwarded-For` the last address that is not one of ours, for whatever stands
 * before it the client may have written itself.
 * @param address the socket's
 * @returns nothing when a proxy of ours does not say
 */
export function forwardedFor(
  address: string | undefined,
  header: string | undefined,
  trusts: Trusts,
): string | undefined {
  if (!trusts(address)) return address;
  const hops = (header ?? '').split(',').map(plainAddress).filter(Boolean);
  const client = hops.findLast((hop) => !trusts(hop));
  return client !== undefined && isIP(client) !== 0 ? client : undefined;
}
