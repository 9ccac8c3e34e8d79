//! The `sopc` program; see [`sopc::cli`].

fn main() -> std::process::ExitCode {
    sopc::cli::run()
}
