from __future__ import annotations

from threadpoolctl import threadpool_info

from innovsurvey.numerics.threads import one_thread


def blas_threads():
    return [
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    ]


@one_thread()
def inside():
    return blas_threads()


def test_one_thread_inside_and_as_before_outside():
    with one_thread():
        pass  # finds the libraries
    before = blas_threads()
    assert set(inside()) == {1}
    with one_thread():
        assert set(blas_threads()) == {1}
    assert blas_threads() == before
