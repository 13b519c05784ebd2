// What staff pages do beyond the live page: keys for the lists, and leases kept while writing.

import { listenForKeys } from './keys.mjs';
import { renewLeases } from './lease.mjs';

listenForKeys();
renewLeases();
