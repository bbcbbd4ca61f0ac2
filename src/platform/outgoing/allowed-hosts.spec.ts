import { describe, expect, it } from '@jest/globals';
import { isAllowedUrl, isHostEntry } from './allowed-hosts.ts';

const LIST = ['hooks.example.org', 'relay.example.org:8443', '[::1]:9000'];

describe('the hosts that may be asked', () => {
  it.each([
    'https://hooks.example.org/a',
    'http://hooks.example.org/',
    'https://HOOKS.example.org:443/',
    'https://relay.example.org:8443/x?y=z',
    'http://[::1]:9000/',
  ])('include %s', (url) => {
    expect(isAllowedUrl(new URL(url), LIST)).toBe(true);
  });

  it.each([
    'https://hooks.example.org:8443/',
    'https://relay.example.org/',
    'https://evil.org/hooks.example.org',
    'https://hooks.example.org.evil.org/',
    'https://hooks.example.org@evil.org/',
    'https://user:secret@hooks.example.org/',
    'ftp://hooks.example.org/',
    'file:///etc/passwd',
    'http://[::1]/',
  ])('do not include %s', (url) => {
    expect(isAllowedUrl(new URL(url), LIST)).toBe(false);
  });

  it('are written as names with or without a port', () => {
    expect(['a.org', 'a.org:1', '[::1]', '127.0.0.1:80'].every(isHostEntry)).toBe(true);
    expect(['', 'http://a.org', 'a.org/', 'a.org:0', 'a.org:port', '*.a.org'].some(isHostEntry)).toBe(false);
  });
});
