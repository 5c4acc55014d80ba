import t from 'tap';
import { defaultAuthority } from '../../../src/credentials/azure/authority.ts';

t.equal(defaultAuthority('shop.vault.azure.net', {}), 'https://login.microsoftonline.com');
t.equal(defaultAuthority('Shop.Vault.Azure.CN', {}), 'https://login.chinacloudapi.cn');
t.equal(defaultAuthority('shop.vault.usgovcloudapi.net', {}), 'https://login.microsoftonline.us');
t.equal(defaultAuthority('shop.example', {}), 'https://login.microsoftonline.com');
t.equal(
  defaultAuthority('shop.vault.azure.cn', { AZURE_AUTHORITY_HOST: 'https://login.example' }),
  'https://login.example',
);
t.equal(defaultAuthority('shop.vault.azure.net', { AZURE_AUTHORITY_HOST: 'login.example' }), 'https://login.example');
t.equal(defaultAuthority('shop.vault.azure.net', { AZURE_AUTHORITY_HOST: '' }), 'https://login.microsoftonline.com');
