// The store in files keeps the contract.
import { describe } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import { openStore } from '../../src/store/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { storeContract } from './contract.ts';

describe('files', () => {
  storeContract(async () => {
    const root = await tempFolder();
    const warnings: string[] = [];
    const io = createIo({ version: '0.0.0', env: {} });
    const again = () => openStore('.holdpoint', { io, root, warn: (text) => warnings.push(text) });
    return { store: again(), again, warnings };
  });
});
