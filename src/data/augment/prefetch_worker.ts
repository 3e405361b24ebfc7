/** The worker of `loadExamples`: reads and augments one example for each job. */
import { loadExample } from "./load_example.ts";
import { serveJobs } from "./serve_jobs.ts";

serveJobs(loadExample);
