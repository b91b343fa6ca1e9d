//! The locks that the reading process puts on itself before it looks at the file.

use std::collections::BTreeMap;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use serde::{Deserialize, Serialize};

use crate::wire::Request;
use crate::{Policy, Refusal};

/// One lock around the reading process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Lock {
    /// No gain of rights by starting a program (`PR_SET_NO_NEW_PRIVS`).
    NoNewPrivs,
    /// No files outside the private directory and the libraries' data, no TCP (Landlock).
    Landlock,
    /// No sockets, no programs, no processes (seccomp).
    Seccomp,
    /// Address space (`RLIMIT_AS`).
    Memory,
    /// Processor time (`RLIMIT_CPU`).
    Cpu,
    /// Size of written files (`RLIMIT_FSIZE`).
    FileSize,
    /// Open files (`RLIMIT_NOFILE`).
    OpenFiles,
    /// Processes and threads (`RLIMIT_NPROC`; the system exempts root).
    Processes,
}

/// What held the reading process while it read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// The locks in force, whole.
    pub enforced: Vec<Lock>,
    /// What is missing, in words; empty when every lock is whole.
    pub missing: Vec<String>,
    /// What a lock of this kernel lacks although another lock holds it too: older kernels' Landlock
    /// knows no TCP, truncation or signals, which seccomp refuses everywhere.
    #[serde(default)]
    pub single_walls: Vec<String>,
}

/// Folders of libraries and their data: what GDAL, PROJ and iconv may still open once locked.
const LIBRARY_FOLDERS: [&str; 7] = [
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/usr/local/lib",
    "/usr/share/gdal",
    "/usr/share/proj",
];

const OPEN_FILES: u64 = 64;

/// The bit of system calls under x32 numbers.
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;

/// The kernel interface whose rights are asked for; older kernels enforce what they know.
const LANDLOCK_ABI: ABI = ABI::V6;

impl Sandbox {
    /// Whether every lock is whole.
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty()
    }

    pub(crate) fn satisfies(&self, policy: Policy) -> Result<(), Refusal> {
        match policy {
            Policy::Require if !self.is_whole() => Err(Refusal::NotLocked {
                missing: self.missing.join("; "),
            }),
            _ => Ok(()),
        }
    }
}

/// Puts on every lock but those of `without`, and tells which hold.
///
/// The current folder is the private directory.
pub(super) fn lock(request: &Request, without: &[Lock]) -> Result<Sandbox, Refusal> {
    let mut locking = Locking {
        without,
        sandbox: Sandbox {
            enforced: Vec::new(),
            missing: Vec::new(),
            single_walls: Vec::new(),
        },
    };
    let limits = &request.limits;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .and_then(|()| rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable))
        .and_then(|()| set_limit(Resource::Core, 0))
        .map_err(|error| Refusal::system("binding the reading process to its parent", error))?;

    let written = if request.zipped {
        limits.unpacked_bytes
    } else {
        0
    };
    locking.limit(Lock::Memory, Resource::As, limits.memory_bytes);
    locking.limit(Lock::Cpu, Resource::Cpu, limits.cpu_s);
    locking.limit(Lock::FileSize, Resource::Fsize, written);
    locking.limit(Lock::OpenFiles, Resource::Nofile, OPEN_FILES);
    locking.limit(Lock::Processes, Resource::Nproc, 0);
    locking.put_on(Lock::NoNewPrivs, || {
        rustix::thread::set_no_new_privs(true).map_err(|error| error.to_string())
    });
    let mut single_walls = Vec::new();
    locking.put_on(Lock::Landlock, || {
        landlock(request, request.zipped).map(|lacks| single_walls.extend(lacks))
    });
    locking.put_on(Lock::Seccomp, seccomp);
    locking.sandbox.single_walls = single_walls;
    Ok(locking.sandbox)
}

/// The second turn of the key, once an archive is unpacked: nothing may be written any more.
pub(super) fn nothing_more_to_write(request: &Request, without: &[Lock]) -> Result<(), Refusal> {
    if !without.contains(&Lock::FileSize) {
        set_limit(Resource::Fsize, 0)
            .map_err(|error| Refusal::system("forbidding further files", error))?;
    }
    if !without.contains(&Lock::Landlock) {
        // where the kernel has no Landlock, the first turn has reported it
        let _ = landlock(request, false);
    }
    Ok(())
}

struct Locking<'a> {
    without: &'a [Lock],
    sandbox: Sandbox,
}

impl Locking<'_> {
    fn put_on(&mut self, lock: Lock, how: impl FnOnce() -> Result<(), String>) {
        if self.without.contains(&lock) {
            self.sandbox
                .missing
                .push(format!("{lock:?} is switched off"));
            return;
        }
        match how() {
            Ok(()) => self.sandbox.enforced.push(lock),
            Err(why) => self.sandbox.missing.push(why),
        }
    }

    fn limit(&mut self, lock: Lock, resource: Resource, value: u64) {
        self.put_on(lock, || {
            set_limit(resource, value)
                .map_err(|error| format!("{lock:?} cannot be limited: {error}"))
        });
    }
}

fn set_limit(resource: Resource, value: u64) -> rustix::io::Result<()> {
    // one second more than the signal that names the reason, then the process is killed
    let hard = match resource {
        Resource::Cpu => value + 1,
        _ => value,
    };
    let before = rustix::process::getrlimit(resource);
    let maximum = before.maximum.map_or(hard, |maximum| maximum.min(hard));
    setrlimit(
        resource,
        Rlimit {
            current: Some(value.min(maximum)),
            maximum: Some(maximum),
        },
    )
}

/// Locks files and TCP; tells what this kernel's Landlock lacks beside files.
fn landlock(request: &Request, may_write: bool) -> Result<Option<String>, String> {
    let status = ruleset(request, may_write)
        .map_err(|error| format!("Landlock could not be used: {error}"))?;
    match status.ruleset {
        RulesetStatus::FullyEnforced => Ok(None),
        // every version locks reading and writing of files
        RulesetStatus::PartiallyEnforced => Ok(Some(format!(
            "Landlock of this kernel is older than the program ({:?}): TCP, truncation or signals are held by seccomp alone",
            status.landlock
        ))),
        RulesetStatus::NotEnforced => Err(
            "this kernel has no Landlock: a file that takes over a format library could read other files"
                .to_owned(),
        ),
    }
}

fn ruleset(
    request: &Request,
    may_write: bool,
) -> Result<landlock::RestrictionStatus, landlock::RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = AccessFs::WriteFile | AccessFs::MakeReg | AccessFs::MakeDir;
    let private: BitFlags<AccessFs> = if may_write { read | write } else { read };
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(LANDLOCK_ABI))?
        .handle_access(AccessNet::from_all(LANDLOCK_ABI))?
        .scope(Scope::from_all(LANDLOCK_ABI))?
        .create()?;
    let folders = LIBRARY_FOLDERS
        .into_iter()
        .chain(request.data_folders.iter().map(String::as_str))
        .map(|folder| (folder, read))
        .chain([(".", private)]);
    for (folder, rights) in folders {
        // a folder that is not there needs no right
        if let Ok(opened) = PathFd::new(Path::new(folder)) {
            ruleset = ruleset.add_rule(PathBeneath::new(opened, rights))?;
        }
    }
    ruleset.restrict_self()
}

fn seccomp() -> Result<(), String> {
    let program =
        forbidden_calls().map_err(|error| format!("seccomp could not be used: {error}"))?;
    seccompiler::apply_filter(&program)
        .map_err(|error| format!("this kernel has no seccomp filters: {error}"))
}

/// Sockets, other programs, other processes, changes of files that Landlock does not know (in
/// older kernels or at all), and calls that only an intruder has a use for.
fn forbidden_calls() -> Result<BpfProgram, seccompiler::BackendError> {
    #[rustfmt::skip]
    let mut calls = vec![
        libc::SYS_socket, libc::SYS_socketpair, libc::SYS_connect, libc::SYS_bind,
        libc::SYS_listen, libc::SYS_accept, libc::SYS_accept4, libc::SYS_sendto,
        libc::SYS_sendmsg, libc::SYS_sendmmsg, libc::SYS_recvfrom, libc::SYS_recvmsg,
        libc::SYS_recvmmsg,
        libc::SYS_execve, libc::SYS_execveat, libc::SYS_clone, libc::SYS_clone3,
        libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev,
        libc::SYS_pidfd_open, libc::SYS_pidfd_getfd, libc::SYS_pidfd_send_signal,
        libc::SYS_kill, libc::SYS_tkill, libc::SYS_kcmp,
        libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register,
        libc::SYS_bpf, libc::SYS_perf_event_open, libc::SYS_userfaultfd,
        libc::SYS_memfd_create, libc::SYS_memfd_secret, libc::SYS_open_by_handle_at,
        libc::SYS_keyctl, libc::SYS_add_key, libc::SYS_request_key,
        libc::SYS_mount, libc::SYS_umount2, libc::SYS_pivot_root, libc::SYS_chroot,
        libc::SYS_unshare, libc::SYS_setns, libc::SYS_fsopen, libc::SYS_fsmount,
        libc::SYS_move_mount, libc::SYS_open_tree, libc::SYS_mount_setattr,
        libc::SYS_init_module, libc::SYS_finit_module, libc::SYS_delete_module,
        libc::SYS_kexec_load, libc::SYS_reboot, libc::SYS_swapon, libc::SYS_swapoff,
        libc::SYS_setuid, libc::SYS_setgid, libc::SYS_setresuid, libc::SYS_setresgid,
        libc::SYS_truncate, libc::SYS_fchmod, libc::SYS_fchmodat, libc::SYS_fchmodat2,
        libc::SYS_fchown, libc::SYS_fchownat, libc::SYS_utimensat,
        libc::SYS_setxattr, libc::SYS_lsetxattr, libc::SYS_fsetxattr,
        libc::SYS_removexattr, libc::SYS_lremovexattr, libc::SYS_fremovexattr,
        libc::SYS_mknodat, libc::SYS_linkat, libc::SYS_symlinkat,
        libc::SYS_shmget, libc::SYS_shmat, libc::SYS_msgget, libc::SYS_semget, libc::SYS_mq_open,
    ];
    #[cfg(target_arch = "x86_64")]
    {
        calls.extend([
            libc::SYS_fork,
            libc::SYS_vfork,
            libc::SYS_mknod,
            libc::SYS_chmod,
            libc::SYS_chown,
            libc::SYS_lchown,
            libc::SYS_utime,
            libc::SYS_utimes,
            libc::SYS_futimesat,
            libc::SYS_link,
            libc::SYS_symlink,
        ]);
        // the same calls under the x32 numbers, and the ones that x32 numbers anew
        let mirrored: Vec<i64> = calls.iter().map(|call| call | X32).collect();
        calls.extend(mirrored);
        calls.extend((512..548).map(|call| call | X32));
    }
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        calls.into_iter().map(|call| (call, Vec::new())).collect();
    // its own limits and signals are its own, those of other processes are not
    let itself = u64::from(std::process::id());
    rules.insert(libc::SYS_prlimit64, vec![unless_first_argument(0)?]);
    rules.insert(libc::SYS_tgkill, vec![unless_first_argument(itself)?]);
    let denied = SeccompAction::Errno(libc::EPERM as u32);
    SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        denied,
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()
}

fn unless_first_argument(allowed: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(
        0,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::Ne,
        allowed,
    )?])
}
