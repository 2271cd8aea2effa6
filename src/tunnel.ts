import './dirname.ts';
import { tunnelProcess } from './tunnel/tunnel-process.ts';

await tunnelProcess(process);
process.exit();
