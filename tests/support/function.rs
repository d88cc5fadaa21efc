//! The real Lambda binary under AWS's runtime interface emulator.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::http;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const PATH: &str = "/2015-03-31/functions/function/invocations";

/// What the function sees of this process's environment.
const INHERITED: [&str; 5] =
    ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "OPENSEARCH_ENDPOINT"];

/// A function of one test, in a process of its own, which ends with this value.
///
/// The emulator takes one invocation at a time and starts the function at the first.
pub struct Function {
    emulator: Child,
    address: String,
    folder: TempDir,
}

impl Function {
    /// Starts the emulator and waits until it listens. `settings` are added to the function's environment.
    ///
    /// # Panics
    /// When a binary is missing (`make build up`), or the emulator does not listen.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let [address, runtime_api] = free_addresses();
        let log = File::create(folder.path().join("log")).unwrap();
        let emulator = command(&existing("target/local/aws-lambda-rie"), settings)
            .args(["--runtime-interface-emulator-address", &address, "--runtime-api-address", &runtime_api])
            .arg(bootstrap())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let function = Self { emulator, address, folder };
        function.wait().await;
        function
    }

    async fn wait(&self) {
        for _ in 0..100 {
            if TcpStream::connect(&self.address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the Lambda emulator does not listen:\n{}", self.output());
    }

    /// Invokes the function and gives its answer: an object with `errorType` and `errorMessage` where it has failed, null
    /// where it did not start.
    pub async fn invoke(&self, event: &Value) -> Value {
        http::request("POST", &self.address, PATH, &event.to_string()).await
    }

    /// What the function has logged so far.
    pub fn log(&self) -> Vec<Value> {
        self.output().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The lines of the log with this message.
    pub fn logged(&self, message: &str) -> Vec<Value> {
        self.log().into_iter().filter(|line| line["message"] == message).collect()
    }

    /// All that the function and its emulator have printed so far.
    pub fn output(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// The most memory that the function's process had resident so far, in bytes; see `VmHWM` in
    /// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
    ///
    /// # Panics
    /// Before the first invocation.
    pub fn peak_memory_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process_id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Kills the function's process, as soon as there is one. The invocation under way fails then, and the emulator
    /// starts another process at the next.
    pub async fn kill(&self) {
        while self.process_id().is_none_or(|process| !kill(&process)) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// The emulator's only child.
    fn process_id(&self) -> Option<String> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.emulator.id())).unwrap();
        // A thread may have ended meanwhile.
        let children = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
        children.collect::<String>().split_whitespace().next().map(str::to_owned)
    }
}

impl Drop for Function {
    /// Ends the emulator; the function ends by itself when it is gone.
    fn drop(&mut self) {
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// A program with the environment of a function.
pub(crate) fn command(program: &Path, settings: &[(&str, &str)]) -> Command {
    let inherited = INHERITED.iter().filter_map(|name| Some((*name, std::env::var(name).ok()?)));
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(inherited)
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "tests"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")])
        .envs([("AWS_LAMBDA_FUNCTION_TIMEOUT", "60")])
        .envs(settings.iter().copied());
    command
}

fn kill(process_id: &str) -> bool {
    Command::new("kill").args(["-KILL", process_id]).status().unwrap().success()
}

/// The binary that the local stack runs too.
pub(crate) fn bootstrap() -> PathBuf {
    existing(&std::env::var("LOCAL_BOOTSTRAP").unwrap_or_else(|_| "target/release/bootstrap".to_owned()))
}

fn existing(path: &str) -> PathBuf {
    let path = Path::new(ROOT).join(path);
    assert!(path.exists(), "{} is missing: run `make build up`", path.display());
    path
}

/// Two addresses at which nobody listens.
fn free_addresses() -> [String; 2] {
    let listeners = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().to_string())
}
