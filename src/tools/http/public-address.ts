import { BlockList, isIP } from 'node:net';

/**
 * IPv4 that no request of a model may reach: IANA's special-purpose registry
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, read in 2026), multicast, and the one public-looking
 * address at which a cloud (Azure) answers its own machines.
 */
const CLOSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
];

/** What is given out to the public; all else (loopback, local, multicast, mapped IPv4, NAT64, unassigned) is closed. */
const OPEN_IPV6 = ['2000::/3'];

/** Inside it: protocol assignments with Teredo and ORCHID, documentation, 6to4, which all may hide another address. */
const CLOSED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'];

const closed4 = blockList(CLOSED_IPV4, 'ipv4');
const open6 = blockList(OPEN_IPV6, 'ipv6');
const closed6 = blockList(CLOSED_IPV6, 'ipv6');

/** Is it an address of the public internet? What is no address, or carries a zone (`fe80::1%eth0`), is not. */
export function isPublicAddress(address: string): boolean {
  switch (address.includes('%') ? 0 : isIP(address)) {
    case 4:
      return !closed4.check(address, 'ipv4');
    case 6:
      return open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');
    default:
      return false;
  }
}

function blockList(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
