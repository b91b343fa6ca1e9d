//! Pieces through all cores, and out in the order they came.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::PointsError;

/// Pieces that are under way for each thread, at most.
const PER_THREAD: usize = 3;

/// Takes pieces from `next`, works on them on so many threads, and gives what comes of them to `sink` in the order of the
/// pieces. Each thread has a worker of its own. At the first error everything stops.
pub(crate) fn in_order<P, A, W>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<P>, PointsError> + Send,
    worker: impl Fn() -> Result<W, PointsError> + Sync,
    mut sink: impl FnMut(A) -> Result<(), PointsError>,
) -> Result<(), PointsError>
where
    P: Send,
    A: Send,
    W: FnMut(P) -> Result<A, PointsError>,
{
    let most = threads * PER_THREAD;
    let (give_token, take_token) = sync_channel::<()>(most);
    let (give_piece, take_piece) = sync_channel::<(u64, Result<P, PointsError>)>(most);
    let (give_answer, take_answer) = sync_channel::<(u64, Result<A, PointsError>)>(most);
    for _ in 0..most {
        let _ = give_token.send(());
    }
    let take_piece = Mutex::new(take_piece);
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut number = 0;
            while take_token.recv().is_ok() {
                let piece = match unpanicked(&mut next) {
                    Ok(None) => return,
                    Ok(Some(piece)) => Ok(piece),
                    Err(error) => Err(error),
                };
                let is_last = piece.is_err();
                if give_piece.send((number, piece)).is_err() || is_last {
                    return;
                }
                number += 1;
            }
        });
        for _ in 0..threads {
            let give_answer = give_answer.clone();
            let (take_piece, worker) = (&take_piece, &worker);
            scope.spawn(move || work(take_piece, &give_answer, worker));
        }
        drop(give_answer);
        // dropped at the end, with which all threads end
        let (give_token, take_answer) = (give_token, take_answer);
        let mut early = BTreeMap::new();
        let mut wanted = 0;
        for (number, answer) in &take_answer {
            early.insert(number, answer);
            while let Some(answer) = early.remove(&wanted) {
                sink(answer?)?;
                wanted += 1;
                let _ = give_token.try_send(());
            }
        }
        Ok(())
    })
}

/// Does work of libraries, which may panic on damaged input; that must neither end the program nor leave others waiting.
pub(crate) fn unpanicked<T>(
    work: impl FnOnce() -> Result<T, PointsError>,
) -> Result<T, PointsError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(PointsError::Damaged))
}

fn work<P, A, W>(
    pieces: &Mutex<Receiver<(u64, Result<P, PointsError>)>>,
    answers: &SyncSender<(u64, Result<A, PointsError>)>,
    worker: &impl Fn() -> Result<W, PointsError>,
) where
    W: FnMut(P) -> Result<A, PointsError>,
{
    let mut made = unpanicked(worker);
    loop {
        let piece = pieces.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, piece)) = piece else { return };
        let answer = match (&mut made, piece) {
            (_, Err(error)) => Err(error),
            (Ok(worker), Ok(piece)) => unpanicked(|| worker(piece)),
            (Err(_), Ok(_)) => match std::mem::replace(&mut made, unpanicked(worker)) {
                Err(error) => Err(error),
                Ok(_) => return,
            },
        };
        if answers.send((number, answer)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn malformed(why: &str) -> PointsError {
        PointsError::Malformed {
            format: "test",
            why: why.to_owned(),
        }
    }

    #[test]
    fn answers_come_in_order_and_few_pieces_are_under_way() {
        let (read, written) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut told = Vec::new();
        let next = || {
            let number = read.fetch_add(1, Ordering::SeqCst);
            let under_way = number - written.load(Ordering::SeqCst);
            assert!(under_way <= 3 * PER_THREAD, "{under_way}");
            Ok((number < 200).then_some(number))
        };
        let worker = || {
            Ok(|piece: usize| {
                // the first of each ten is the slowest
                let slow = if piece.is_multiple_of(10) { 3000 } else { 30 };
                thread::sleep(Duration::from_micros(slow));
                Ok(piece * 2)
            })
        };
        in_order(3, next, worker, |answer| {
            written.fetch_add(1, Ordering::SeqCst);
            told.push(answer);
            Ok(())
        })
        .unwrap();
        assert!(told.into_iter().eq((0..200).map(|piece| piece * 2)));
    }

    #[test]
    fn an_error_anywhere_ends_everything_in_its_place() {
        for at in ["reading", "working", "making", "writing", "panicking"] {
            let mut number = 0;
            let next = move || {
                number += 1;
                if at == "reading" && number == 50 {
                    return Err(malformed("reading"));
                }
                Ok(Some(number))
            };
            let worker = || {
                if at == "making" {
                    return Err(malformed("making"));
                }
                Ok(|piece: usize| {
                    assert!(at != "panicking" || piece != 50, "as it should");
                    if at == "working" && piece == 50 {
                        return Err(malformed("working"));
                    }
                    Ok(piece)
                })
            };
            let mut last = 0;
            let refused = in_order(2, next, worker, |answer| {
                last = answer;
                if at == "writing" && answer == 50 {
                    return Err(malformed("writing"));
                }
                Ok(())
            });
            let told = refused.unwrap_err().to_string();
            assert!(told.ends_with(at) || at == "panicking", "{told}");
            match at {
                "making" => assert_eq!(last, 0),
                "writing" => assert_eq!(last, 50),
                _ => assert_eq!(last, 49),
            }
        }
    }
}
