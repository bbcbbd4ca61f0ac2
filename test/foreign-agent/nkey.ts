import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const USER_PREFIX = 20 << 3;
const PKCS8_PREFIX = '302e020100300506032b657004220420';

function decodeBase32(text: string): Buffer {
  const bits = Array.from(text, (letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function encodeBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** CRC-16/XMODEM, which nkeys end with, the low byte first. */
function checksum(bytes: Buffer): Buffer {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return Buffer.from([crc & 0xff, crc >> 8]);
}

/** The key pair of an nkey seed (`SU…`): two bytes of prefix, 32 of the secret key, two of checksum. */
export function readSeed(seed: string): { privateKey: KeyObject; publicNkey: string } {
  const secret = decodeBase32(seed.trim()).subarray(2, 34).toString('hex');
  const privateKey = createPrivateKey({ key: Buffer.from(PKCS8_PREFIX + secret, 'hex'), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32);
  const prefixed = Buffer.concat([Buffer.from([USER_PREFIX]), raw]);
  return { privateKey, publicNkey: encodeBase32(Buffer.concat([prefixed, checksum(prefixed)])) };
}
